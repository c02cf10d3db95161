"""`python -m tlf STUDY`: ADaM to results, tables, listings and figures."""

import sys

from crf2tlf.build import main
from tlf.stage import plan

if __name__ == "__main__":
    sys.exit(main("tlf", plan))
