"""YAML as located texts: what a value looks like is kept, and no file whatever ends in a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_project import TOY_STUDY, copy_project, read_faults

from crf2tlf.spec.nodes import MAX_BYTES, Faults, Items, Mapping, Text, read_yaml


def read(path: Path, content: bytes) -> tuple[Mapping | None, list[str]]:
    path.write_bytes(content)
    faults = Faults()
    node = read_yaml(path, "x.yaml", faults)
    return node, [str(fault) for fault in faults.found]


@pytest.mark.parametrize(
    "text", ["NO", "12:30", "2024-01-02", "1e3", "0x1F", "~", "null", "010", "1_000", ".5", "yes", "3.10"]
)
def test_a_value_stays_the_text_that_was_written(text: str, tmp_path: Path) -> None:
    node, faults = read(tmp_path / "x.yaml", f"a: {text}\n".encode())
    assert faults == []
    assert node is not None
    value = node.get("a")
    assert isinstance(value, Text)
    assert (value.value, value.quoted) == (text, False)


def test_every_node_knows_its_line_and_its_place(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf# comment\r\na:\r\n  b:\r\n    - one\r\n    - 'two'\r\n"
    node, faults = read(tmp_path / "x.yaml", content)
    assert faults == []
    assert node is not None
    inner = node.get("a")
    assert isinstance(inner, Mapping)
    items = inner.get("b")
    assert isinstance(items, Items)
    places = [(str(each.location), each.where, each.value) for each in items.items if isinstance(each, Text)]
    assert places == [("x.yaml:4", "a.b[1]", "one"), ("x.yaml:5", "a.b[2]", "two")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.yaml:1: the file is empty"),
        (b"# nothing but a comment\n", "x.yaml:1: the file is empty"),
        (b"[a, b]", "x.yaml:1: the file must hold a mapping (key: value)"),
        (b"a: \xff", "x.yaml:1: the file is not UTF-8 at byte 3"),
        (b"a: \x00", "x.yaml:1: not YAML: unacceptable character #x0000: special characters are not allowed"),
        (b"[" * 100_000, "x.yaml:1: nested more than 40 deep"),
        (b"{a: " * 100_000, "x.yaml:1: nested more than 40 deep"),
        (b"- " * 100_000, "x.yaml:1: nested more than 40 deep"),
        (b"? " * 100_000, "x.yaml:1: nested more than 40 deep"),
        (b"a: " + b"x" * MAX_BYTES, "x.yaml:1: the file is larger than 1,000,000 bytes"),
        (b"a: !!omap x", "x.yaml:1: the tag '!!omap' is not allowed; every value is a plain text"),
        (b"a: ! x", "x.yaml:1: the tag '!' is not allowed; every value is a plain text"),
        (b'a: "\\0"', "x.yaml:1: a: the text holds the invisible character U+0000"),
        (b'a: "\\ud800"', "x.yaml:1: a: the text holds the invisible character U+D800"),
        ("a: x\u202ey".encode(), "x.yaml:1: a: the text holds the invisible character U+202E"),
        ("a\u200b: x".encode(), "x.yaml:1: the text holds the invisible character U+200B"),
        (b"a: 1\na: 2", "x.yaml:2: a: the key 'a' stands twice, first on line 1"),
        (b"? [a]\n: b", "x.yaml:1: a key must be a plain text"),
        (b"'': b", "x.yaml:1: a key must be a plain text"),
    ],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_told(content: bytes, message: str, tmp_path: Path) -> None:
    assert read(tmp_path / "x.yaml", content)[1] == [message]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    faults = Faults()
    assert read_yaml(tmp_path / "x.yaml", "x.yaml", faults) is None
    assert [str(fault) for fault in faults.found] == ["x.yaml:1: the file does not exist"]


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode(errors="surrogatepass"))))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_mapping_or_a_message(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node, faults = read(Path(folder) / "x.yaml", content)
    assert node is not None or faults


FILES = sorted(
    path.relative_to(TOY_STUDY).as_posix() for path in TOY_STUDY.rglob("*") if path.suffix in {".yaml", ".csv"}
)
PIECES = [
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "\n",
    "  ",
    "$",
    "(",
    "not ",
    "ADSL.",
    "\\",
    "#",
    "&a ",
    "!x ",
    "0",
    "[]",
    "|",
]


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_study_with_a_slip_of_the_pen_never_ends_in_a_traceback(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = copy_project(Path(folder)) / data.draw(st.sampled_from(FILES))
        text = file.read_text(encoding="utf-8")
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(start + 12, len(text))))
        file.write_text(text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[stop:], encoding="utf-8")
        faults = read_faults(Path(folder))
    assert all(fault.startswith("specs/toy/") for fault in faults)
