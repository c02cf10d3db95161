"""Rules of the house that no linter holds: vectorised, short, named, documented, and silent about machines."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("crf2tlf", "sdtm", "adam", "tlf", "define", "qc", "submission", "synthetic")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MOST_LINES = 299
# A release of the standards arrives as pickles; this reader takes plain data from them and refuses the rest.
PICKLE_ALLOWED = ("crf2tlf/spec/standards_sources.py",)
PICKLES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
ROW_BY_ROW = {"iterrows", "itertuples"}
SAYS_NOTHING = {"df2", "tmp", "util", "utils", "helper", "helpers", "manager", "managers"}
# Written in parts, so that this file does not hold what it looks for.
HOSTS = ("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "crates" + r"\.io")
HOSTS += ("cran" + r"\.r-project", "cran" + r"\.rstudio", "ana" + r"conda\.(?:org|com)", "proxy" + r"\.golang")
MACHINE_PATHS = ("/" + "work", "/" + "root", "/" + "tmp/w", "/" + "home")
SILENT_ABOUT = re.compile(rf"{'|'.join(HOSTS)}|(?<![\w.~}})\]*/-])(?:{'|'.join(MACHINE_PATHS)})(?![\w-])")
BINARY = {".png", ".jpg", ".pdf", ".xpt", ".sas7bdat", ".xlsx", ".parquet", ".ttf", ".otf", ".gz", ".zip", ".ico"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def places(found: Iterator[tuple[Path, int, str]]) -> list[str]:
    return [f"{name_of(path)}:{line}: {what}" for path, line, what in found]


def test_the_packages_are_all_there() -> None:
    assert len(MODULES) > 50
    present = {name_of(path).split("/")[0] for path in MODULES}
    assert {"crf2tlf", "sdtm", "adam", "tlf"} <= present


def find_row_by_row() -> Iterator[tuple[Path, int, str]]:
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in ROW_BY_ROW:
                yield path, node.lineno, node.attr
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "apply":
                axes = [keyword.value for keyword in node.keywords if keyword.arg == "axis"]
                if any(isinstance(axis, ast.Constant) and axis.value in (1, "columns") for axis in axes):
                    yield path, node.lineno, "apply over rows"


def test_no_code_goes_through_a_frame_row_by_row() -> None:
    assert places(find_row_by_row()) == []


def find_evaluation() -> Iterator[tuple[Path, int, str]]:
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in {"eval", "exec"}:
                yield path, node.lineno, called


def test_no_text_is_run_as_code() -> None:
    assert places(find_evaluation()) == []


def find_pickles() -> Iterator[tuple[Path, int, str]]:
    for path in MODULES:
        if name_of(path) in PICKLE_ALLOWED:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                modules = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules = {(node.module or "").split(".")[0]}
            else:
                modules = {"pickle"} if isinstance(node, ast.Attribute) and node.attr.endswith("_pickle") else set()
            for module in sorted(modules & PICKLES):
                yield path, getattr(node, "lineno", 1), module


def test_nothing_is_pickled() -> None:
    assert places(find_pickles()) == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_file_is_short(folder: str) -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


def find_names() -> Iterator[tuple[Path, int, str]]:
    for path in MODULES:
        yield from ((path, 1, part) for part in path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield path, node.lineno, node.id
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield path, node.lineno, node.name
            elif isinstance(node, ast.arg):
                yield path, node.lineno, node.arg


def says_nothing(name: str) -> bool:
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    return any(word.lower() in SAYS_NOTHING for word in words)


def test_names_say_something() -> None:
    assert places((path, line, name) for path, line, name in find_names() if says_nothing(name)) == []


@pytest.mark.parametrize(
    ("name", "nothing"), [("df2", True), ("DataManager", True), ("tmp_rows", True), ("rows", False)]
)
def test_the_rule_of_names_tells_names_apart(name: str, nothing: bool) -> None:
    assert says_nothing(name) is nothing


@cache
def tracked_files() -> tuple[Path, ...]:
    """The files of the project: what git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git does not tell which files belong to the project")
    paths = (ROOT / name for name in listed if name)
    return tuple(path for path in paths if path.is_file() and path.suffix not in BINARY)


def test_no_file_names_a_machine_or_where_packages_come_from() -> None:
    found = []
    for path in tracked_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            found += [f"{name_of(path)}:{number}: {match}" for match in SILENT_ABOUT.findall(line)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see " + "/" + "work/main", True),
        ("index https://" + "py" + "pi.org/simple", True),
        ("from " + "'/" + "root/x'", True),
        ("specs/work/x and root / name", False),
        ("http://example.org/" + "work", False),
        ("the framework/works", False),
    ],
)
def test_the_rule_of_machines_tells_lines_apart(line: str, found: bool) -> None:
    assert bool(SILENT_ABOUT.search(line)) is found
