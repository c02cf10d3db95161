"""`python -m define STUDY`: spec and datasets as written to define.xml and define.html."""

import sys

from crf2tlf.build import main
from define.stage import plan

if __name__ == "__main__":
    sys.exit(main("define", plan))
