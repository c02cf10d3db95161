"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from crf2tlf.tables import atomic_path, write_bytes, write_text


def test_a_file_gets_its_name_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "new" / "ae.csv"
    with atomic_path(target) as part:
        part.write_text("STUDYID\n")
        assert part.parent == target.parent
        assert not target.exists()
    assert target.read_text() == "STUDYID\n"
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "ae.csv"
    target.write_text("older")

    def fail() -> None:
        with atomic_path(target) as part:
            part.write_text("newer")
            raise KeyError("fails")

    with pytest.raises(KeyError):
        fail()
    assert target.read_text() == "older"
    assert list(tmp_path.iterdir()) == [target]


def test_text_is_written_as_utf_8_with_its_own_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "头\r\n痛\n")
    assert (tmp_path / "a.txt").read_bytes() == "头\r\n痛\n".encode()


def test_a_file_has_the_rights_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
