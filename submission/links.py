"""The links of XML and HTML files, and which of them lead nowhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from submission.layout import STYLESHEET

_IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
_PSEUDO = re.compile(r"href=\"([^\"]*)\"")
_ATTRIBUTES = ("href", "src", "xlink:href", "data", "poster", "action")
# Schemes that do not leave the file.
_INSIDE = ("data", "javascript", "mailto")


class Links(HTMLParser):
    """Collects what an HTML page links to, and the names that links can lead to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.anchors: set[str] = set()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the links and names of an element."""
        self._in_style = tag == "style"
        for name, value in attrs:
            if value and name in _ATTRIBUTES:
                self.found.append(value)
            elif value and name in {"id", "name"}:
                self.anchors.add(value)
            elif value and name == "style":
                self._note_style(value)

    def handle_data(self, data: str) -> None:
        """Note what a style sheet inside the page loads."""
        if self._in_style:
            self._note_style(data)

    def _note_style(self, text: str) -> None:
        self.found += [first or second for first, second in _IN_STYLE.findall(text)]


def html_links(path: Path) -> Links:
    """The links and anchors of an HTML page."""
    links = Links()
    links.feed(path.read_text(encoding="utf-8"))
    return links


def xml_links(path: Path) -> tuple[list[str], str]:
    """The xlink:href values and the style sheet of an XML file, and why it is not well-formed ("" where it is).

    Nothing that the file names is opened: expat loads no entities from outside.
    """
    found: list[str] = []

    def element(_name: str, attributes: dict[str, str]) -> None:
        found.extend(value for name, value in attributes.items() if name == "xlink:href")

    def instruction(target: str, content: str) -> None:
        if target == "xml-stylesheet":
            found.extend(_PSEUDO.findall(content))

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        return found, str(error)
    return found, ""


def find_link_faults(folder: Path, m5: Path) -> list[str]:
    """Links of the XML and HTML files of a folder that lead out of it, or to a file or place that is not there."""
    faults: list[str] = []
    for path in sorted(folder.iterdir()):
        shown = path.relative_to(m5).as_posix()
        if path.suffix == ".xml":
            links, broken = xml_links(path)
            faults += [f"{shown}: not well-formed: {broken}"] if broken else []
            faults += [fault for link in links if (fault := link_fault(path, link, shown, None))]
        elif path.suffix == ".html":
            page = html_links(path)
            faults += [fault for link in page.found if (fault := link_fault(path, link, shown, page.anchors))]
    return list(dict.fromkeys(faults))


def link_fault(path: Path, link: str, shown: str, anchors: set[str] | None) -> str:
    """What is wrong with a link, or ""."""
    parts = urlsplit(link)
    if parts.scheme in _INSIDE:
        return ""
    if parts.scheme or parts.netloc:
        return f"{shown}: leads out of the package: {link}"
    target = unquote(parts.path)
    if not target:
        known = anchors is None or not parts.fragment or unquote(parts.fragment) in anchors
        return "" if known else f"{shown}: has no place #{parts.fragment}"
    if "/" in target or target != target.lower():
        return f"{shown}: does not name a file beside it in lower case: {link}"
    return "" if (path.parent / target).is_file() else f"{shown}: leads to {target}, which is not there"


def leaf_files(define: Path) -> set[str]:
    """The files that a define.xml names, without pages and its style sheet."""
    links, _ = xml_links(define)
    return {unquote(urlsplit(link).path) for link in links} - {STYLESHEET, ""}
