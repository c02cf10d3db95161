"""`python -m submission STUDY`: the eCTD module 5 folder."""

import sys

from crf2tlf.build import main
from submission.stage import plan

if __name__ == "__main__":
    sys.exit(main("submission", plan))
