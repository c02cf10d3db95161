"""What the document says, compiled from spec and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from define_toy import make_frame, read_files, write_dataset

from crf2tlf.errors import DataError
from crf2tlf.spec.model import Standard, Study
from crf2tlf.spec.standards import Standards
from crf2tlf.tables import moment_of_build, read_xpt
from define.compile import compile_define
from define.files import CrfPages
from define.model import Define, DefineOrigin, DocumentRef, ItemRef, Leaf, RangeCheck, Term

Defines = dict[Standard, Define]


def ref_of(define: Define, dataset: str, variable: str) -> ItemRef:
    group = next(group for group in define.groups if group.name == dataset)
    return next(ref for ref in group.refs if ref.item == f"IT.{dataset}.{variable}")


def test_sdtm_datasets_stand_by_class_and_name(defines: Defines) -> None:
    assert [group.name for group in defines["SDTM"].groups] == ["TS", "DM", "AE", "VS", "SUPPAE"]


def test_adsl_stands_first(defines: Defines) -> None:
    assert [group.name for group in defines["ADaM"].groups] == ["ADSL", "ADTTE"]


def test_a_dataset_says_what_it_is(defines: Defines) -> None:
    adverse = next(group for group in defines["SDTM"].groups if group.name == "AE")
    assert (adverse.label, adverse.class_, adverse.domain, adverse.purpose) == (
        "Adverse Events",
        "EVENTS",
        "AE",
        "Tabulation",
    )
    assert (adverse.repeating, adverse.reference_data, adverse.rows) == (True, False, 3)
    assert adverse.leaf == Leaf("LF.AE", "ae.xpt", "ae.xpt")
    assert [ref.item for ref in adverse.keys] == ["IT.AE.STUDYID", "IT.AE.USUBJID", "IT.AE.AESEQ"]
    assert defines["SDTM"].comment[adverse.comment].text == "Events before consent are not collected."


@pytest.mark.parametrize(
    ("standard", "name", "repeating", "reference_data"),
    [
        ("SDTM", "TS", False, True),
        ("SDTM", "DM", False, False),
        ("ADaM", "ADSL", False, False),
        ("ADaM", "ADTTE", True, False),
    ],
)
def test_one_record_a_subject_does_not_repeat(
    defines: Defines, standard: Standard, name: str, repeating: bool, reference_data: bool
) -> None:
    group = next(group for group in defines[standard].groups if group.name == name)
    assert (group.repeating, group.reference_data) == (repeating, reference_data)


def test_supplemental_qualifiers_belong_to_their_domain(defines: Defines) -> None:
    group = defines["SDTM"].groups[-1]
    assert (group.name, group.domain, group.domain_description) == ("SUPPAE", "AE", "Adverse Events")
    assert group.structure == "One record per supplemental qualifier per related parent domain record(s)"


def test_a_time_to_event_dataset_has_its_subclass(defines: Defines) -> None:
    group = defines["ADaM"].groups[1]
    assert (group.class_, group.subclass, group.domain) == ("BASIC DATA STRUCTURE", "TIME-TO-EVENT", "")


def test_the_standards_in_use_are_listed(defines: Defines) -> None:
    assert [each.title for each in defines["SDTM"].standards] == ["SDTMIG 3.4", "CDISC/NCI SDTM CT 2025-03-28"]
    assert [each.title for each in defines["ADaM"].standards] == ["ADaMIG 1.3", "CDISC/NCI SDTM CT 2025-03-28"]


def test_pages_of_a_form_follow_those_of_the_forms_before_it(defines: Defines) -> None:
    item = defines["SDTM"].item
    assert item["IT.DM.SEX"].origin == DefineOrigin("Collected", "Investigator", "", DocumentRef("LF.acrf", (1,)))
    assert item["IT.AE.AESEV"].origin == DefineOrigin("Collected", "Investigator", "", DocumentRef("LF.acrf", (2, 3)))


def test_a_predecessor_is_named_without_a_source(defines: Defines) -> None:
    assert defines["ADaM"].item["IT.ADSL.SEX"].origin == DefineOrigin("Predecessor", "", "DM.SEX")


def test_role_stands_in_sdtm_only(defines: Defines) -> None:
    assert ref_of(defines["SDTM"], "AE", "AETERM").role == "Topic"
    assert {ref.role for group in defines["ADaM"].groups for ref in group.refs} == {""}


def test_a_required_variable_is_mandatory(defines: Defines) -> None:
    assert ref_of(defines["SDTM"], "AE", "AETERM").mandatory
    assert not ref_of(defines["SDTM"], "AE", "AESEV").mandatory


def test_a_derived_variable_has_the_method_that_ran(defines: Defines) -> None:
    define = defines["SDTM"]
    method = define.method[ref_of(define, "DM", "USUBJID").method]
    assert method.name == "Algorithm for DM.USUBJID"
    assert method.expression == "concat($STUDYID, '-', raw.dm.SUBJ)"


def test_a_variable_without_any_value_has_no_data_and_the_reason(defines: Defines) -> None:
    define = defines["SDTM"]
    assert ref_of(define, "DM", "ACTARMUD").no_data
    assert define.comment[define.item["IT.DM.ACTARMUD"].comment].text == "Every arm was planned."
    assert ref_of(define, "SUPPAE", "QEVAL").no_data
    assert define.comment[define.item["IT.SUPPAE.QEVAL"].comment].text == "No value in this study."


@pytest.mark.parametrize(
    ("oid", "data_type", "length", "digits", "display_format"),
    [
        ("IT.AE.AETERM", "text", 8, None, ""),
        ("IT.AE.AESTDTC", "partialDate", None, None, ""),
        ("IT.AE.AESTDY", "integer", 2, None, ""),
        ("IT.VS.VSSTRESN", "float", 4, 1, ""),
        ("IT.ADSL.TRTSDT", "integer", 5, None, "DATE9."),
    ],
)
def test_lengths_and_formats_are_those_of_the_files(
    defines: Defines, oid: str, data_type: str, length: int | None, digits: int | None, display_format: str
) -> None:
    items = defines["SDTM"].item | defines["ADaM"].item
    item = items[oid]
    assert (item.data_type, item.length, item.significant_digits, item.display_format) == (
        data_type,
        length,
        digits,
        display_format,
    )


def test_a_cdisc_list_has_the_studys_terms_with_their_codes(defines: Defines) -> None:
    sex = defines["SDTM"].codelist["CL.SEX"]
    assert (sex.name, sex.code, sex.standard) == ("Sex", "C66731", "STD.CT.SDTM")
    assert sex.terms == (Term("F", "Female", "C16576"), Term("M", "Male", "C20197"))


def test_a_list_of_the_sponsor_is_not_of_a_standard(defines: Defines) -> None:
    causality = defines["SDTM"].codelist["CL.AEREL"]
    assert (causality.non_standard, causality.has_decodes) == (True, False)


def test_a_list_that_nothing_uses_is_left_out(defines: Defines) -> None:
    assert "CL.UNIT" not in defines["SDTM"].codelist
    assert "CL.AESEV" not in defines["ADaM"].codelist


def test_a_dictionary_is_an_external_list(defines: Defines) -> None:
    meddra = defines["SDTM"].codelist[defines["SDTM"].item["IT.AE.AEDECOD"].codelist]
    assert (meddra.dictionary, meddra.version, meddra.terms, meddra.non_standard) == ("MedDRA", "27.1", (), False)


def test_domain_has_a_list_with_its_one_value(defines: Defines) -> None:
    define = defines["SDTM"]
    listed = define.codelist[define.item["IT.AE.DOMAIN"].codelist]
    assert [term.value for term in listed.terms] == ["AE"]
    assert define.item["IT.SUPPAE.RDOMAIN"].codelist == define.item["IT.AE.DOMAIN"].codelist


def test_a_trial_summary_parameter_code_has_the_list_of_the_guide(defines: Defines) -> None:
    define = defines["SDTM"]
    listed = define.codelist[define.item["IT.TS.TSPARMCD"].codelist]
    assert (listed.code, [term.value for term in listed.terms]) == ("C66738", ["AGEMIN", "RANDOM", "SSTDTC", "TITLE"])


def test_every_qualifier_is_described_apart(defines: Defines) -> None:
    define = defines["SDTM"]
    refs = define.value_list["VL.SUPPAE.QVAL"].refs
    assert [ref.item for ref in refs] == ["IT.SUPPAE.QVAL.AETRTEM", "IT.SUPPAE.QVAL.AEORD"]
    assert define.where_clause[refs[0].where[0]].checks == (RangeCheck("IT.SUPPAE.QNAM", "EQ", ("AETRTEM",)),)
    assert define.item["IT.SUPPAE.QVAL"].origin is None
    order = define.item["IT.SUPPAE.QVAL.AEORD"]
    assert (order.data_type, order.length, order.label) == ("integer", 1, "Order of the Event")
    assert order.origin == DefineOrigin("Derived", "Sponsor")
    assert define.method[refs[1].method].expression == "AESEQ"
    assert define.item["IT.SUPPAE.QVAL.AETRTEM"].codelist == "CL.NY"


def test_trial_summary_values_have_their_own_types_and_lists(defines: Defines) -> None:
    define = defines["SDTM"]
    types = {ref.item.rpartition(".")[2]: define.item[ref.item] for ref in define.value_list["VL.TS.TSVAL"].refs}
    assert {name: item.data_type for name, item in types.items()} == {
        "AGEMIN": "durationDatetime",
        "RANDOM": "text",
        "SSTDTC": "date",
        "TITLE": "text",
    }
    assert types["RANDOM"].codelist == "CL.NY"
    assert types["TITLE"].length == 29


def test_results_of_findings_are_described_by_test(defines: Defines) -> None:
    define = defines["SDTM"]
    described = {
        oid: (item.data_type, item.length, item.significant_digits)
        for oid, item in define.item.items()
        if oid.startswith("IT.VS.VSORRES.")
    }
    assert described == {"IT.VS.VSORRES.TEMP": ("float", 3, 1), "IT.VS.VSORRES.WEIGHT": ("integer", 3, None)}
    assert define.item["IT.VS.VSORRES"].origin is not None


def test_a_parameter_is_described_with_its_dates_and_rules(defines: Defines) -> None:
    define = defines["ADaM"]
    refs = {ref.item: ref for ref in define.value_list["VL.ADTTE.AVAL"].refs}
    assert define.method[refs["IT.ADTTE.AVAL.TTD"].method].text == (
        "AVAL is ADT - STARTDT + 1. Time starts on ADSL.TRTSDT. death is the first DM.RFSTDTC after start where "
        "SEX == 'F'. The first rule that holds and whose date is known: DEATH: event on death, Death; ALIVE: censored "
        "(1) on ADSL.EOSDT, Alive, if SAFFL == 'N'; LOST: censored (2) on ADSL.EOSDT, Lost."
    )
    assert define.method[refs["IT.ADTTE.AVAL.TTAE"].method].text.endswith("Source: SAP 6.1.")


def test_censoring_codes_are_those_of_the_parameter(defines: Defines) -> None:
    define = defines["ADaM"]
    codes = define.codelist[define.item["IT.ADTTE.CNSR.TTD"].codelist]
    assert (codes.data_type, codes.terms) == ("integer", (Term("0", "Event"), Term("1", "Alive"), Term("2", "Lost")))
    texts = define.codelist[define.item["IT.ADTTE.EVNTDESC.TTAE"].codelist]
    assert [term.value for term in texts.terms] == ["First event", "End of study"]


def test_parameter_codes_have_their_names(defines: Defines) -> None:
    define = defines["ADaM"]
    assert define.codelist[define.item["IT.ADTTE.PARAMCD"].codelist].terms == (
        Term("TTAE", "Time to First Event (days)"),
        Term("TTD", "Time to Death (days)"),
    )


def test_a_dataset_without_a_file_is_left_out(define_root: Path, toy_study: Study, toy_standards: Standards) -> None:
    files = {"DM": read_files(define_root, "SDTM")["DM"]}
    define = compile_define(
        toy_study, "SDTM", files, toy_standards, created=moment_of_build(), crf=CrfPages({"dm": 0, "ae": 1}, 3)
    )
    assert [group.name for group in define.groups] == ["DM"]


def test_a_dataset_without_records_has_no_data(tmp_path: Path, toy_study: Study, toy_standards: Standards) -> None:
    write_dataset(tmp_path / "dm.xpt", "DM", toy_study.sdtm["DM"], make_frame("DM").iloc[:0])
    files = {"DM": read_xpt(tmp_path / "dm.xpt")}
    define = compile_define(
        toy_study, "SDTM", files, toy_standards, created=moment_of_build(), crf=CrfPages({"dm": 0}, 1)
    )
    group = define.groups[0]
    assert (group.no_data, group.leaf, define.comment[group.comment].text) == (True, None, "No value in this study.")
    assert not any(ref.no_data for ref in group.refs)


def test_a_file_that_differs_from_its_spec_is_refused(
    tmp_path: Path, toy_study: Study, toy_standards: Standards
) -> None:
    spec = toy_study.sdtm["DM"]
    write_dataset(tmp_path / "dm.xpt", "DM", spec, make_frame("DM").drop(columns=["SEX"]))
    dm = read_xpt(tmp_path / "dm.xpt")
    with pytest.raises(DataError) as raised:
        compile_define(toy_study, "SDTM", {"DM": dm, "XX": dm}, toy_standards, created=moment_of_build())
    assert str(raised.value) == (
        "toy: the files are not those of the spec: DM: the file has no variable SEX; "
        "XX: no spec describes this dataset\n"
        "  fix      build sdtm again, so that files and specs are of one make"
    )


def test_pages_of_a_form_without_a_crf_are_refused(
    define_root: Path, toy_study: Study, toy_standards: Standards
) -> None:
    files = {"DM": read_files(define_root, "SDTM")["DM"]}
    with pytest.raises(DataError) as raised:
        compile_define(toy_study, "SDTM", files, toy_standards, created=moment_of_build())
    assert str(raised.value) == (
        "toy DM: DM.SUBJID names pages of the CRF of the form 'dm', which has none\n"
        "  fix      give forms.dm of study.yaml a 'crf', or take 'crf' from the variable"
    )
