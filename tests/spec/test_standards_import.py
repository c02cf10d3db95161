"""The import of releases, on tiny sources made here; on the real ones where they are at hand."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from crf2tlf.errors import UsageError
from crf2tlf.spec.standards import Term, load_standards
from crf2tlf.spec.standards_diff import compare
from crf2tlf.spec.standards_import import import_standards, main
from crf2tlf.spec.standards_records import read_rows

ROOT = Path(__file__).parents[2]
WHEELS = ROOT / "build" / "sources"

NCI_HEADER = (
    "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\tCDISC Synonym(s)\t"
    "CDISC Definition\tNCI Preferred Term\n"
)
NCI_ROWS = (
    "C1\t\tNo\tNo Yes Response\tNY\tNo Yes Response\tprose\tCDISC NY Terminology\n"
    "C11\tC1\t\tNo Yes Response\tY\tYes\tprose\tYes\n"
    "C12\tC1\t\tNo Yes Response\tN\tNo\tprose\tNo\n"
    "C2\t\tYes\tZest Test Code\tZETESTCD\t\tprose\tCDISC\n"
    "C21\tC2\t\tZest Test Code\tZEST\tZest\tprose\tZest Measurement\n"
    "C3\t\tYes\tZest Test Name\tZETEST\t\tprose\tCDISC\n"
    "C21\tC3\t\tZest Test Name\tZest Count\t\tprose\tZest Measurement\n"
    "C9\t\tYes\tNot Used\tNOTUSED\t\tprose\tCDISC\n"
)


def variable(name: str, *codelists: str, order: int = 1, **facts: Any) -> dict[str, Any]:
    links = {"codelist": [{"href": f"/mdr/root/ct/sdtmct/codelists/{code}"} for code in codelists]}
    plain = {"name": name, "label": f"Label  of {name}", "ordinal": str(order), "simpleDatatype": "Char", "core": "Req"}
    return {**plain, "role": "Topic", "_links": links, "description": "prose", **facts}


def structure(name: str, class_: str, *names: str) -> dict[str, Any]:
    variables = [variable(each) for each in names]
    sets = [{"name": "Identifier", "analysisVariables": variables}]
    return {"name": name, "label": f"{name} Structure", "class": class_, "analysisVariableSets": sets}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with the two pickles of a wheel: domain ZE of events, one structure a guide, a small model."""
    ze = {
        "name": "ZE",
        "label": "Zest",
        "datasetStructure": "One record per zest per subject.",
        "datasetVariables": [
            variable("ZETERM", order=2),
            variable("ZETESTCD", "C2", order=1),
            variable("ZEOCC", "C1", order=3),
        ],
    }
    guides = {
        "standards/sdtmig/3-4": {"classes": [{"name": "Events", "datasets": [ze]}]},
        "standards/adam/adamig-1-3": {
            "dataStructures": [
                structure("ADSL", "SUBJECT LEVEL ANALYSIS DATASET", "TRTxxP"),
                structure("BDS", "BASIC DATA STRUCTURE", "*DT"),
            ]
        },
        "standards/adam/adam-occds-1-1": {
            "dataStructures": [structure("OCCDS", "OCCURRENCE DATA STRUCTURE", "--TERM")]
        },
        "standards/adam/adam-tte-1-0": {"dataStructures": [structure("BDS for TTE", "BASIC DATA STRUCTURE", "CNSR")]},
    }
    offered = [variable("--OCC"), variable("--TOX", usageRestrictions="Not in human clinical trials")]
    model = {"models/sdtm/2-0": {"classes": [{"name": "Events", "classVariables": offered}]}}
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "standards_details.pkl").write_bytes(pickle.dumps(guides))
    (folder / "standards_models.pkl").write_bytes(pickle.dumps(model))
    return folder


@pytest.fixture
def nci(tmp_path: Path) -> Path:
    path = tmp_path / "SDTM Terminology 2025-03-28.txt"
    path.write_text(NCI_HEADER + NCI_ROWS, encoding="utf-8")
    return path


@pytest.fixture
def adam_json(tmp_path: Path) -> Path:
    term = {"conceptId": "C71", "submissionValue": "D", "preferredTerm": "Day Imputed", "definition": "prose"}
    codelist = {
        "conceptId": "C7",
        "submissionValue": "DATEFL",
        "name": "Date Flag",
        "extensible": False,
        "terms": [term],
    }
    path = tmp_path / "adam.json"
    path.write_text(json.dumps({"package": "adamct-2025-03-28", "codelists": [codelist]}), encoding="utf-8")
    return path


def imported(models: Path, terminologies: list[Path], folder: Path) -> Path:
    folder.mkdir()
    (folder / "terminology_scope.csv").write_text(
        "kind,name,reason\ndomain,ZE,test\ncodelist,C3,test\n", encoding="utf-8"
    )
    import_standards(models, [str(path) for path in terminologies], folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def test_an_import_keeps_the_facts_and_leaves_the_prose(
    models: Path, nci: Path, adam_json: Path, tmp_path: Path
) -> None:
    folder = imported(models, [adam_json, nci], tmp_path / "standards")
    assert (folder / "sdtmig-3-4/datasets.csv").read_text() == (
        "dataset,label,class,sub_class,structure\nZE,Zest,EVENTS,,One record per zest per subject\n"
    )
    assert (folder / "sdtmig-3-4/variables.csv").read_text() == (
        "dataset,order,variable,label,type,role,core,codelists,described,values\n"
        "ZE,1,ZETESTCD,Label of ZETESTCD,Char,Topic,Req,C2,,\n"
        "ZE,2,ZETERM,Label of ZETERM,Char,Topic,Req,,,\n"
        "ZE,3,ZEOCC,Label of ZEOCC,Char,Topic,Req,C1,,\n"
    )
    assert (folder / "sdtm-2-0/variables.csv").read_text() == (
        "class,dataset,variable,label,type,role,core,codelists,described,values,only,never\n"
        "EVENTS,,--OCC,Label of --OCC,Char,Topic,Perm,C1,,,,\n"
    )
    assert b"prose" not in b"".join(contents(folder).values())


def test_lists_that_nothing_refers_to_are_dropped_and_the_others_kept_whole(
    models: Path, nci: Path, adam_json: Path, tmp_path: Path
) -> None:
    folder = imported(models, [adam_json, nci], tmp_path / "standards")
    assert (folder / "ct/sdtmct-2025-03-28/codelists.csv").read_text() == (
        "codelist,name,label,extensible,pair\n"
        "C1,NY,No Yes Response,No,\n"
        "C2,ZETESTCD,Zest Test Code,Yes,C3\n"
        "C3,ZETEST,Zest Test Name,Yes,\n"
    )
    assert (folder / "ct/sdtmct-2025-03-28/terms.csv").read_text() == (
        "codelist,code,value,decode\n"
        "C1,C12,N,No\n"
        "C1,C11,Y,Yes\n"
        "C2,C21,ZEST,Zest Count\n"
        "C3,C21,Zest Count,Zest Measurement\n"
    )


def test_importing_twice_gives_the_same_bytes(models: Path, nci: Path, adam_json: Path, tmp_path: Path) -> None:
    first = imported(models, [adam_json, nci], tmp_path / "first")
    second = imported(models, [adam_json, nci], tmp_path / "second")
    import_standards(models, [str(nci)], second)
    assert contents(first) == contents(second)


def test_an_imported_folder_can_be_read(models: Path, nci: Path, adam_json: Path, tmp_path: Path) -> None:
    standards = load_standards(imported(models, [adam_json, nci], tmp_path / "standards"))
    found = standards.variable("ADaM", "ADSL", "TRT01P")
    codelist = standards.codelist("DATEFL")
    assert found is not None
    assert codelist is not None
    assert codelist.terms == {"D": Term("C71", "D", "Day Imputed")}


def test_a_list_that_the_release_does_not_hold_is_reported(
    models: Path, nci: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nci.write_text(NCI_HEADER + NCI_ROWS.replace("C1\t", "C5\t"), encoding="utf-8")
    imported(models, [nci], tmp_path / "standards")
    assert "SDTMIG 3.4 ZE.ZEOCC refers to C1, which sdtmct 2025-03-28 does not hold\n" in capsys.readouterr().out


def test_a_wheel_is_read_as_a_zip_file(models: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "rules.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        for path in models.iterdir():
            written.write(path, f"cdisc_rules_engine/resources/cache/{path.name}")
    import_standards(wheel, [], tmp_path / "out")
    assert [row["source"] for row in read_rows(tmp_path / "out" / "versions.csv")] == ["rules.whl"] * 5


def test_a_wheel_without_the_models_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        written.writestr("readme", "")
    assert main(["import", "--models", str(wheel), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == (
        f"{wheel} holds no resources/cache/standards_details.pkl.\n"
        "  fix      take the wheel that docs/standards.md names; other versions hold other files\n"
    )


def test_a_diff_of_two_terminologies_names_every_change(nci: Path, tmp_path: Path) -> None:
    new = tmp_path / "SDTM Terminology 2025-09-26.txt"
    changed = (
        NCI_ROWS.replace("C11\tC1\t\tNo Yes Response\tY", "C11\tC1\t\tNo Yes Response\tYES")
        .replace("C12\tC1\t\tNo Yes Response\tN\tNo\tprose\tNo", "C12\tC1\t\tNo Yes Response\tN\tNo\tprose\tNever")
        .replace("C3\t\tYes\tZest Test Name", "C3\t\tNo\tZest Test Name")
        .replace("C9\t\tYes\tNot Used\tNOTUSED", "C10\t\tYes\tFresh\tFRESH")
    )
    fresh = "C31\tC3\t\tZest Test Name\tZest Size\t\tprose\tSize\n"
    new.write_text(NCI_HEADER + changed + fresh, encoding="utf-8")
    assert compare(nci, new) == [
        "C1 NY 'N': decode was 'No', is 'Never'",
        "C1 NY: term 'Y' is now 'YES'",
        "C3 ZETEST: extensible was 'Yes', is 'No'",
        "C3 ZETEST: new term 'Zest Size' (C31, Size)",
        "C9 NOTUSED: list removed",
        "C10 FRESH: new list of 0 terms",
        "6 changes",
    ]


def test_a_diff_takes_the_release_before_the_file(nci: Path) -> None:
    latest = nci.rename(nci.with_name("SDTM Terminology.txt"))
    given = Path(f"sdtmct-2025-03-28={latest}")
    assert compare(given, given) == ["0 changes"]


def test_a_diff_of_two_folders_names_every_change(models: Path, nci: Path, adam_json: Path, tmp_path: Path) -> None:
    old = imported(models, [adam_json, nci], tmp_path / "old")
    new = imported(models, [adam_json, nci], tmp_path / "new")
    path = new / "sdtmig-3-4" / "variables.csv"
    path.write_text(path.read_text().replace("ZE,3,ZEOCC,", "ZE,3,ZEOCCUR,").replace("of ZETERM,Char", "of ZETERM,Num"))
    terms = new / "ct" / "sdtmct-2025-03-28" / "terms.csv"
    terms.write_text(terms.read_text().replace("C1,C12,N,No\n", ""))
    assert compare(old, old) == ["0 changes"]
    assert compare(old, new) == [
        "C1 NY: term 'N' removed",
        "SDTMIG ZE.ZETERM: type was 'Char', is 'Num'",
        "SDTMIG ZE.ZEOCCUR: new variable",
        "SDTMIG ZE.ZEOCC: variable removed",
        "4 changes",
    ]


def test_a_folder_cannot_be_compared_with_a_terminology(models: Path, nci: Path, tmp_path: Path) -> None:
    folder = imported(models, [nci], tmp_path / "standards")
    with pytest.raises(UsageError, match="different things"):
        compare(folder, nci)


@pytest.mark.skipif(len(list(WHEELS.glob("*.whl"))) < 2, reason="the two wheels are not in build/sources")
def test_the_real_wheels_give_the_shipped_bytes(tmp_path: Path) -> None:
    shipped = ROOT / "specs/standards"
    (tmp_path / "terminology_scope.csv").write_bytes((shipped / "terminology_scope.csv").read_bytes())
    models, usdm = (next(WHEELS.glob(f"{name}*.whl")) for name in ("cdisc_rules_engine", "usdm4"))
    import_standards(models, [str(usdm)], tmp_path)
    ours = {name: content for name, content in contents(tmp_path).items() if name != "versions.csv"}
    assert ours == {name: content for name, content in contents(shipped).items() if name in ours}
