"""A small module 5 folder that has nothing wrong with it."""

from __future__ import annotations

from pathlib import Path

from submission.layout import MANIFEST, Layout
from submission.manifest import render_manifest

LAYOUT = Layout("toy")
DEFINE = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="define2-1.xsl"?>
<ODM xmlns:def="http://www.cdisc.org/ns/def/v2.1" xmlns:xlink="http://www.w3.org/1999/xlink">
{leaves}
</ODM>
"""
PAGE = '<!doctype html><html><body><p id="AE">AE</p><a href="#AE">AE</a> <a href="{link}">file</a></body></html>'


def write_define(folder: Path, names: list[str]) -> None:
    """define.xml that names these files, its style sheet and its page."""
    leaves = "\n".join(f'<def:leaf ID="LF.{name}" xlink:href="{name}"><def:title/></def:leaf>' for name in names)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "define.xml").write_text(DEFINE.format(leaves=leaves), encoding="utf-8")
    (folder / "define2-1.xsl").write_text("<xsl/>", encoding="utf-8")
    (folder / "define.html").write_text(PAGE.format(link=names[0]), encoding="utf-8")


def write_toy_package(m5: Path) -> Path:
    """The folder m5 of a study with two SDTM datasets and one ADaM dataset."""
    for folder, files in (
        (LAYOUT.sdtm, ["ae.xpt", "dm.xpt", "acrf.pdf", "csdrg.pdf"]),
        (LAYOUT.adam, ["adsl.xpt", "adrg.pdf"]),
    ):
        write_define(m5 / folder, files)
        for name in files:
            (m5 / folder / name).write_bytes(b"%PDF-1.4\n" if name.endswith(".pdf") else b"rows of " + name.encode())
    (m5 / LAYOUT.programs).mkdir(parents=True)
    (m5 / LAYOUT.programs / "readme.txt").write_text("What is here", encoding="utf-8")
    seal(m5)
    return m5


def seal(m5: Path) -> None:
    """Write the manifest as the files are now."""
    (m5 / MANIFEST).write_text(render_manifest(m5), encoding="utf-8")
