"""`python -m adam STUDY`: SDTM to ADaM."""

import sys

from adam.stage import plan
from crf2tlf.build import main

if __name__ == "__main__":
    sys.exit(main("adam", plan))
