"""`source.FIELD`: the field of the record's own form, table or dataset, in every verb."""

from __future__ import annotations

from collections.abc import Callable

from toy_study import Rows, Toy, as_rows, dataset, faults_of

MakeToy = Callable[..., Toy]
DRUGS = "SUBJ,TRT,DAY,DOSE,SER\n02,ASPIRIN,05-Mar-2024,7,Yes\n01,IRON,UN-Mar-2024,x,No\n"
EARLIER = "SUBJ,DOSE,TRT,SER,DAY\n01,3,ZINC,Maybe,99-Mar-2024\n"
NY = "NY: {cdisc: C66742, terms: {N: [No], Y: [Yes]}}\n"
RECORDS = "{id: drug, source: raw.xa}, {id: prior, source: raw.xb}"


def make(toy: MakeToy, variables: dict[str, str]) -> Toy:
    subject = {"USUBJID": "calc: \"concat('T-', source.SUBJ)\""}
    unread = [field for field in ("TRT", "DAY", "DOSE", "SER") if f".{field}" not in str(variables)]
    rest = ", ".join(f"raw.{form}.{field}: not wanted" for form in ("xa", "xb") for field in unread)
    text = dataset("XA", subject | variables, records=RECORDS, more=f"not_submitted: {{{rest}}}\n")
    return toy(forms={"xa": DRUGS, "xb": EARLIER}, datasets={"XA": text}, codelists=NY)


def issues_of(built: Toy) -> Rows:
    return as_rows(built.derive("XA").issues, "RULE", "USUBJID", "FORM", "ROW", "FIELD", "VALUE")


def test_each_record_reads_its_own_form(toy: MakeToy) -> None:
    made = make(toy, {"XATRT": "from: source.TRT", "XALOW": "calc: lower(source.TRT)"})
    assert made.rows("XA", "USUBJID", "XATRT", "XALOW") == [
        ("T-01", "IRON", "iron"),
        ("T-01", "ZINC", "zinc"),
        ("T-02", "ASPIRIN", "aspirin"),
    ]


def test_numbers_codelists_and_dates_are_read_and_their_issues_stand_in_the_record_s_form(toy: MakeToy) -> None:
    variables = {
        "XADOSE": "from: source.DOSE, type: float, significant_digits: 1",
        "XASER": "from: source.SER, codelist: NY",
        "XADTC": "date: source.DAY",
    }
    made = make(toy, variables)
    assert made.rows("XA", "USUBJID", "XADOSE", "XASER", "XADTC") == [
        ("T-01", None, "N", "2024-03"),
        ("T-01", 3.0, None, None),
        ("T-02", 7.0, "Y", "2024-03-05"),
    ]
    assert issues_of(made) == [
        ("NOT_A_NUMBER", "T-01", "xa", 3, "DOSE", "x"),
        ("UNREADABLE_DATE", "T-01", "xb", 2, "DAY", "99-Mar-2024"),
        ("UNMAPPED_VALUE", "T-01", "xb", 2, "SER", "Maybe"),
    ]


def test_conditions_lookups_and_branches_know_it(toy: MakeToy) -> None:
    variables = {
        "XACASE": "case: [{when: source.TRT == 'ZINC', then: {from: source.SER}}, {else: OTHER}]",
        "XALOOK": "lookup: {table: kinds, by: {TRT: source.TRT}, value: KIND, missing: blank}",
        "XAPART": "by_record: {drug: {from: source.DAY}, prior: {set: NONE}}",
    }
    subject = {"USUBJID": "from: source.SUBJ"}
    text = dataset("XA", subject | variables, records=RECORDS)
    forms = {"xa": DRUGS, "xb": EARLIER.replace("DAY", "WHEN")}
    made = toy(
        forms=forms,
        datasets={"XA": text + "not_submitted: {raw.xa.DOSE: no, raw.xb.DOSE: no, raw.xb.WHEN: no}\n"},
        tables={"kinds": "TRT,KIND\nIRON,METAL\n"},
    )
    assert made.rows("XA", "XACASE", "XALOOK", "XAPART") == [
        ("OTHER", "METAL", "UN-Mar-2024"),
        ("Maybe", None, "NONE"),
        ("OTHER", None, "05-Mar-2024"),
    ]


def test_a_record_made_from_another_dataset_reads_its_variables(toy: MakeToy) -> None:
    base = dataset("XA", {"XADOSE": "from: raw.xa.DOSE, type: float, significant_digits: 1"}, source="raw.xa")
    copy = dataset(
        "YA",
        {
            "USUBJID": "from: source.USUBJID",
            "YADOSE": "calc: source.XADOSE * 2, type: float, significant_digits: 1",
            "YASAME": "from: source.XADOSE, type: float, significant_digits: 1",
        },
        records="{id: main, source: XA}",
    )
    made = toy(forms={"xa": "SUBJ,DOSE\n01,4\n"}, datasets={"XA": base, "YA": copy})
    assert made.rows("YA", "USUBJID", "YADOSE", "YASAME") == [("01", 8.0, 4.0)]


def test_a_dataset_without_records_keeps_its_columns(toy: MakeToy) -> None:
    text = dataset("XA", {"USUBJID": "from: source.SUBJ", "XATRT": "calc: upper(source.TRT)"}, records=RECORDS)
    made = toy(forms={"xa": "SUBJ,TRT\n", "xb": "TRT,SUBJ\n"}, datasets={"XA": text})
    assert made.rows("XA", "USUBJID", "XATRT") == []


def test_the_method_says_what_source_is(toy: MakeToy) -> None:
    made = make(toy, {"XALOW": "calc: lower(source.TRT)"})
    method = made.study.sdtm["XA"].variables["XALOW"].method
    assert method is not None
    assert method.text == "XALOW is lower(source.TRT), where source is the record's own, raw.xa or raw.xb."
    copied = made.study.sdtm["XA"].variables["USUBJID"]
    assert (copied.origin.type, copied.origin.form) == ("Derived", "")


def test_a_field_that_one_of_the_sources_lacks_is_a_mistake_told_with_the_record(toy: MakeToy) -> None:
    forms = {"xa": "SUBJ,TRT\n", "xb": "SUBJ,TRTX\n"}
    text = dataset("XA", {"USUBJID": "from: source.SUBJ", "XATRT": "from: source.TRT"}, records=RECORDS)
    assert faults_of(lambda: toy(forms=forms, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:9: variables.XATRT: 'source.TRT' for the records 'prior': 'TRT' is not a field of "
        "raw.xb; did you mean 'TRTX'?\n1 fault in the spec"
    )


def test_only_rules_of_variables_read_the_own_source(toy: MakeToy) -> None:
    chosen = {
        "USUBJID": "from: source.SUBJ",
        "XAONE": "min: source.TRT",
        "XATWO": "min: {of: raw.xb.TRT, where: source.TRT == 'A'}",
    }
    forms = {"xa": "SUBJ,TRT\n", "xb": "SUBJ,TRT\n"}
    text = dataset("XA", chosen, records="{id: main, source: raw.xa, where: source.TRT == 'A'}")
    assert faults_of(lambda: toy(forms=forms, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:6: records.main: 'source.TRT': a condition over raw.xa has its fields as bare names\n"
        "specs/toy/sdtm/XA.yaml:9: variables.XAONE: 'source.TRT' is one value a record: name the source to choose in\n"
        "specs/toy/sdtm/XA.yaml:10: variables.XATWO: 'source.TRT': a condition over raw.xb has its fields as bare "
        "names\n3 faults in the spec"
    )
