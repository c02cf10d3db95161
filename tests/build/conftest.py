"""A toy study: raw files, five steps, a build folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_steps import write_raw


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The raw files; the test runs in the folder around them, so that labels are short."""
    monkeypatch.chdir(tmp_path)
    return write_raw(Path("raw"))


@pytest.fixture
def build_folder(raw: Path) -> Path:
    """The toy study's own build folder, beside the raw files."""
    return raw.parent / "build" / "pilot"
