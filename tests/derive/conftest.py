"""Toy studies share one root, so that the standards are read once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from toy_study import Toy, make_toy

NUMBERS = count(1)


@pytest.fixture(scope="session")
def toy_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project root with the real standards and no study yet."""
    folder = tmp_path_factory.mktemp("toys")
    (folder / "specs").mkdir()
    (folder / "specs" / "standards").symlink_to(root / "specs" / "standards", target_is_directory=True)
    return folder


@pytest.fixture
def toy(toy_root: Path) -> Callable[..., Toy]:
    """`make_toy` for a study of its own name."""

    def make(**parts: Any) -> Toy:
        return make_toy(toy_root, f"toy{next(NUMBERS)}", **parts)

    return make
