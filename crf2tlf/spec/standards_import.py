"""Write specs/standards from the published sources, and show what a new release changes.

    python -m crf2tlf.spec.standards_import import --models WHEEL --ct FILE --ct FILE --out specs/standards
    python -m crf2tlf.spec.standards_import diff OLD NEW

Facts only: names, labels, types, roles, core, codelists. No notes, no definitions.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crf2tlf.errors import Context, Crf2tlfError, UnreadableFile
from crf2tlf.spec.standards_diff import compare
from crf2tlf.spec.standards_guides import GUIDES, MODEL, Row, dataset_rows, model_rows, variable_rows
from crf2tlf.spec.standards_records import StandardCodelist, read_rows
from crf2tlf.spec.standards_sources import Terminology, read_models, read_terminology, split_release
from crf2tlf.tables.atomic import write_text

_SCOPE = "terminology_scope.csv"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code (0 done, 1 a source could not be read, 2 wrong call)."""
    parser = argparse.ArgumentParser(prog="python -m crf2tlf.spec.standards_import", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    imported = commands.add_parser("import", help="write the CSV files of specs/standards")
    imported.add_argument("--models", type=Path, help="cdisc-rules-engine 0.4.7.8 wheel, or a folder with its pickles")
    imported.add_argument("--ct", action="append", default=[], help="usdm4 wheel, CDISC Library JSON or NCI EVS text")
    imported.add_argument("--out", type=Path, required=True, help="the folder to write, specs/standards")
    compared = commands.add_parser("diff", help="compare two folders or two terminology files")
    compared.add_argument("old", type=Path)
    compared.add_argument("new", type=Path)
    options = parser.parse_args(arguments)
    try:
        if options.command == "diff":
            print("\n".join(compare(options.old, options.new)))
        else:
            import_standards(options.models, options.ct, options.out)
    except Crf2tlfError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def import_standards(models: Path | None, terminologies: Sequence[str], folder: Path) -> None:
    """Write the guides and terminologies given into `folder` and note them in its versions.csv; leave others alone."""
    if models is not None:
        _write_guides(models, folder)
    for given in terminologies:
        release, source = split_release(given)
        _write_terminology(read_terminology(source, release), source, folder)


def _write_guides(source: Path, folder: Path) -> None:
    guides, models = read_models(source)
    for guide in GUIDES:
        if guide.key not in guides:
            raise UnreadableFile(f"{source} holds no {guide.standard} {guide.version}.")
        _write_rows(folder / guide.folder / "datasets.csv", dataset_rows(guides[guide.key]))
        _write_rows(folder / guide.folder / "variables.csv", variable_rows(guides[guide.key]))
        _note_version(folder, guide.standard, guide.version, guide.folder, source)
    sdtm = variable_rows(guides[GUIDES[0].key])
    _write_rows(folder / MODEL.folder / "variables.csv", model_rows(models[MODEL.key], sdtm))
    _note_version(folder, MODEL.standard, MODEL.version, MODEL.folder, source)


def _write_terminology(release: Terminology, source: Path, folder: Path) -> None:
    kept = select_codelists(release, folder)
    name = f"ct/{release.package}-{release.date}"
    codelists = [_codelist_row(each) for each in kept.values()]
    terms = [
        {"codelist": each.code, "code": term.code, "value": term.value, "decode": term.decode}
        for each in kept.values()
        for term in each.terms.values()
    ]
    _write_rows(folder / name / "codelists.csv", codelists)
    _write_rows(folder / name / "terms.csv", terms)
    _note_version(folder, f"{release.publishing_set} CT", release.date, name, source)


def select_codelists(release: Terminology, folder: Path) -> dict[str, StandardCodelist]:
    """The lists to ship, whole, by C-code: all of ADaM's; of SDTM's those that terminology_scope.csv asks for.

    These are the lists that variables of its domains (and of the ADaM guides) refer to, and the lists it names. Says on
    stdout which of them the release does not hold: a list may have been retired since the guide was published.
    """
    if release.package == "adamct":
        return dict(sorted(release.codelists.items(), key=_by_number))
    wanted = _wanted_codelists(folder)
    adam = {row["codelist"] for path in folder.glob("ct/adamct-*/codelists.csv") for row in read_rows(path)}
    for code in sorted(wanted.keys() - release.codelists.keys() - adam):
        print(f"{wanted[code]} refers to {code}, which {release.package} {release.date} does not hold")
    kept = {code: codelist for code, codelist in release.codelists.items() if code in wanted}
    paired = {code: replace(each, pair=each.pair if each.pair in kept else "") for code, each in kept.items()}
    return dict(sorted(paired.items(), key=_by_number))


def _wanted_codelists(folder: Path) -> dict[str, str]:
    """C-codes, each with the first place that asks for it."""
    scope = list(read_rows(folder / _SCOPE))
    domains = {row["name"] for row in scope if row["kind"] == "domain"}
    wanted = {row["name"]: _SCOPE for row in scope if row["kind"] == "codelist"}
    for guide in (*GUIDES, MODEL):
        for row in read_rows(folder / guide.folder / "variables.csv"):
            if guide.standard != "SDTMIG" or row["dataset"] in domains:
                for code in row["codelists"].split():
                    wanted.setdefault(code, f"{guide.standard} {guide.version} {row['dataset']}.{row['variable']}")
    return wanted


def _codelist_row(codelist: StandardCodelist) -> Row:
    return {
        "codelist": codelist.code,
        "name": codelist.name,
        "label": codelist.label,
        "extensible": "Yes" if codelist.extensible else "No",
        "pair": codelist.pair,
    }


def _by_number(item: tuple[str, StandardCodelist]) -> int:
    return int(item[0].removeprefix("C"))


def _note_version(folder: Path, standard: str, version: str, name: str, source: Path) -> None:
    """One row a standard and version in versions.csv, replacing the row of an earlier import of the same."""
    path = folder / "versions.csv"
    known = {(row["standard"], row["version"]): row for row in read_rows(path)} if path.is_file() else {}
    known[standard, version] = {"standard": standard, "version": version, "folder": name, "source": source.name}
    _write_rows(path, [known[key] for key in sorted(known)])


def _write_rows(path: Path, rows: Sequence[Row]) -> None:
    if not rows:
        raise UnreadableFile(f"{path} would be empty.", Context(fix="check the source: nothing of it is wanted"))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
    print(f"{path}: {len(rows)} rows")


if __name__ == "__main__":
    sys.exit(main())
