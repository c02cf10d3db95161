"""`python -m qc STUDY`: checks of the datasets as written."""

import sys

from crf2tlf.build import main
from qc.stage import plan

if __name__ == "__main__":
    sys.exit(main("qc", plan))
