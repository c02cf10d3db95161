"""Where each file of a study stands in module 5 (FDA Study Data Technical Conformance Guide)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

STYLESHEET = "define2-1.xsl"
DEFINE_FILES = ("define.xml", "define.html", STYLESHEET)
ACRF, CSDRG, ADRG = "acrf.pdf", "csdrg.pdf", "adrg.pdf"
MANIFEST = "manifest.sha256"
MAX_DATASET_BYTES = 5 * 1000**3
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9]+\Z")
DATASET_FILE = re.compile(r"[a-z][a-z0-9]{0,7}\.xpt\Z")
FOLDER_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
MAX_NAME = 64


@dataclass(frozen=True)
class Layout:
    """The folders of a study, relative to m5."""

    study: str

    @property
    def root(self) -> PurePosixPath:
        """The study's folder: its name in lower case, other characters than letters and digits as hyphens."""
        return PurePosixPath("datasets") / re.sub(r"[^a-z0-9]+", "-", self.study.lower()).strip("-")

    @property
    def sdtm(self) -> PurePosixPath:
        return self.root / "tabulations" / "sdtm"

    @property
    def adam(self) -> PurePosixPath:
        return self.root / "analysis" / "adam" / "datasets"

    @property
    def programs(self) -> PurePosixPath:
        return self.root / "analysis" / "adam" / "programs"

    def documents(self, standard: str) -> tuple[str, ...]:
        """The documents that must stand beside a standard's datasets."""
        return (ACRF, CSDRG) if standard == "sdtm" else (ADRG,)
