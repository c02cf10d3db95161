"""Toy studies for ADaM, and the pilot study's ADaM made from the published SDTM."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from adam_toys import PUBLISHED, AdamToy, make_adam_toy

from adam.datasets import Files, build_whole
from crf2tlf.spec.model import Study

NUMBERS = count(1)


@pytest.fixture(scope="session")
def adam_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project root with the real standards and no study yet."""
    folder = tmp_path_factory.mktemp("adam_toys")
    (folder / "specs").mkdir()
    (folder / "specs" / "standards").symlink_to(root / "specs" / "standards", target_is_directory=True)
    return folder


@pytest.fixture
def toy(adam_root: Path) -> Callable[..., AdamToy]:
    """`make_adam_toy` for a study of its own name."""

    def make(**parts: Any) -> AdamToy:
        return make_adam_toy(adam_root, f"adam{next(NUMBERS)}", **parts)

    return make


@pytest.fixture(scope="session")
def from_published(pilot: Study, pilot_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder whose ADaM comes from the published SDTM files, copied as they are."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "sdtm").mkdir()
    for name in PUBLISHED:
        shutil.copyfile(pilot_data / "sdtm" / f"{name}.xpt", folder / "sdtm" / f"{name}.xpt")
    (folder / "adam").mkdir()
    for name in ("ADSL", "ADAE", "ADTTE"):
        build_whole(pilot, name, Files(folder))
    return folder
