"""`python -m sdtm STUDY`: raw forms to SDTM."""

import sys

from crf2tlf.build import main
from sdtm.stage import plan

if __name__ == "__main__":
    sys.exit(main("sdtm", plan))
