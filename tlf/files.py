"""Where the stage writes: `build/<study>/tlf`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crf2tlf.spec.outputs import Output


@dataclass(frozen=True)
class Files:
    """The files of the stage in its folder."""

    folder: Path

    def ard(self, id_: str) -> Path:
        """The results of an output."""
        return self.folder / "ard" / f"{id_}.parquet"

    def records(self, id_: str) -> Path:
        """The keys of the first records behind each result."""
        return self.folder / "ard" / f"{id_}.records.parquet"

    def rows(self, id_: str) -> Path:
        """The records of a listing."""
        return self.folder / "ard" / f"{id_}.rows.parquet"

    def rtf(self, id_: str) -> Path:
        return self.folder / "rtf" / f"{id_}.rtf"

    def pdf(self, id_: str) -> Path:
        return self.folder / "pdf" / f"{id_}.pdf"

    def html(self, id_: str) -> Path:
        return self.folder / "html" / f"{id_}.html"

    def png(self, id_: str) -> Path:
        return self.folder / "figures" / f"{id_}.png"

    def svg(self, id_: str) -> Path:
        return self.folder / "figures" / f"{id_}.svg"

    @property
    def all_ard(self) -> Path:
        """The results of all outputs."""
        return self.folder / "ard.parquet"

    @property
    def all_pdf(self) -> Path:
        return self.folder / "all.pdf"

    @property
    def index(self) -> Path:
        return self.folder / "index.html"

    def results(self, output: Output) -> tuple[Path, ...]:
        """All that the results step of an output writes."""
        rows = (self.rows(output.id),) if output.kind == "listing" else ()
        return (self.ard(output.id), self.records(output.id), *rows)

    def pictures(self, output: Output) -> tuple[Path, ...]:
        """The pictures of a figure."""
        return (self.png(output.id), self.svg(output.id)) if output.kind == "figure" else ()

    def displays(self, output: Output) -> tuple[Path, ...]:
        """All that the display step of an output writes."""
        return (self.rtf(output.id), self.pdf(output.id), self.html(output.id), *self.pictures(output))
