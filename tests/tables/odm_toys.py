"""Small ODM files for tests."""

from __future__ import annotations

from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ROOT = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:v="urn:vendor" FileType="{kind}" FileOID="F">'


def write_odm(path: Path, body: str, kind: str = "Snapshot", clinical: bool = True) -> Path:
    """A file whose first line of `body` is line 4 (3 without ClinicalData)."""
    lines = [HEAD, ROOT.format(kind=kind)]
    lines += ['<ClinicalData StudyOID="S1" MetaDataVersionOID="V2">'] if clinical else []
    lines += [body.strip("\n")]
    lines += ["</ClinicalData>"] if clinical else []
    path.write_text("\n".join([*lines, "</ODM>", ""]), encoding="utf-8")
    return path


def record(items: str, event: str = "SCR", repeat: str = "1", attributes: str = "", subject: str = "01-001") -> str:
    """One record of the group IG.AE on one line."""
    return (
        f'<SubjectData SubjectKey="{subject}"{attributes}><SiteRef LocationOID="01"/>'
        f'<StudyEventData StudyEventOID="{event}" StudyEventRepeatKey="1"><FormData FormOID="F.AE" FormRepeatKey="1">'
        f'<ItemGroupData ItemGroupOID="IG.AE" ItemGroupRepeatKey="{repeat}">{items}</ItemGroupData>'
        "</FormData></StudyEventData></SubjectData>"
    )
