"""Names with placeholders, as the implementation guides print them: TRTxxP, ANLzzFL, PHwSDT, --TESTCD, *DT.

ADaMIG 1.3 section 3.1.1: `xx` is a period and `zz` a counter, both 01 to 99 with a leading zero; `y` is 1 to 99 and
`w` is 1 to 9, both without one. `--` stands for the two letters of an SDTM domain, `*` for a prefix of the study's own.
"""

from __future__ import annotations

import re
from functools import cache

_PLACEHOLDERS = {
    "xx": r"(?P<xx>0[1-9]|[1-9][0-9])",
    "zz": r"(?P<zz>0[1-9]|[1-9][0-9])",
    "y": r"(?P<y>[1-9][0-9]?)",
    "w": r"(?P<w>[1-9])",
    "--": r"[A-Z]{2}",
    "*": r"[A-Z][A-Z0-9]*",
}
_PLACEHOLDER = re.compile(r"xx|zz|y|w|--|\*")
_INDEX_IN_LABEL = re.compile(r"\b(xx|zz|y|w)\b")


def has_placeholder(name: str) -> bool:
    """True for a name such as TRTxxP, --TESTCD or *DT."""
    return _PLACEHOLDER.search(name) is not None


@cache
def _compiled(name: str) -> re.Pattern[str]:
    parts, end = [], 0
    for found in _PLACEHOLDER.finditer(name):
        parts += [re.escape(name[end : found.start()]), _PLACEHOLDERS[found.group()]]
        end = found.end()
    return re.compile("".join([*parts, re.escape(name[end:])]))


def match_name(printed: str, name: str) -> dict[str, str] | None:
    """The indices that turn the printed name into `name` (TRTxxP, TRT01P: {"xx": "01"}), or None if it is another."""
    found = _compiled(printed).fullmatch(name)
    return found.groupdict() if found else None


def fill_label(label: str, indices: dict[str, str]) -> str:
    """The label with its indices filled in; empty where the guide leaves the wording to the study ("{Date}", "...")."""
    if "{" in label or "..." in label:
        return ""
    return _INDEX_IN_LABEL.sub(lambda found: indices.get(found.group(), found.group()), label)
