"""The clean forms: fit their definitions, agree with each other in time, and depend on nothing but seed and subject."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synthetic import Block, FormDef, Parameters, read_events, read_forms, read_parameters, simulate
from synthetic.forms import KEYS

ROOT = Path(__file__).parents[2]
# Written down after the death: that it became known, the end of the study, and the shipping of a sample.
AFTER_DEATH = {
    ("SURV", "SSDAT"),
    ("SURV", "EVENT_DATE"),
    ("EOS", "EOSDAT"),
    ("EOS", "EVENT_DATE"),
    ("BIOSP", "BESHDAT"),
}


@dataclass(frozen=True)
class Study:
    name: str
    parameters: Parameters
    forms: dict[str, FormDef]
    block: Block


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def study(request: pytest.FixtureRequest) -> Study:
    parameters, forms = read_parameters(request.param, ROOT), read_forms(request.param, ROOT)
    return Study(request.param, parameters, forms, next(simulate(parameters, forms)))


def joined(parameters: Parameters, forms: dict[str, FormDef], block: int, **options: int) -> dict[str, pd.DataFrame]:
    blocks = list(simulate(parameters, forms, block=block, **options))
    parts = [{**{f"form {name}": frame for name, frame in one.forms.items()}, **one.truth} for one in blocks]
    whole = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}
    keys = ["PARAMETER", "RULESET"]
    whole["tte"] = whole["tte"].sort_values(["SUBJECT", *keys], ignore_index=True)
    return whole


def test_the_result_does_not_depend_on_the_block_size(study: Study) -> None:
    small = joined(study.parameters, study.forms, 37, subjects=150)
    large = joined(study.parameters, study.forms, 5_000, subjects=150)
    for name, frame in small.items():
        pd.testing.assert_frame_equal(frame, large[name], check_exact=True)


def test_two_runs_are_the_same_and_another_seed_differs(study: Study) -> None:
    first, second = (joined(study.parameters, study.forms, 500, subjects=60) for _ in range(2))
    other = joined(study.parameters, study.forms, 500, subjects=60, seed=study.parameters.seed + 1)
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[name], check_exact=True)
    assert not first["form TL"].equals(other["form TL"])
    assert not first["tte"].equals(other["tte"])


def test_the_planned_number_is_enrolled_and_screening_failures_come_on_top(study: Study) -> None:
    failed = study.block.truth["subjects"]["SCREEN_FAILURE"]
    planned = study.parameters.enrolment
    assert (~failed).sum() == planned.subjects
    assert failed.sum() == round(planned.subjects * planned.screen_failures)


def test_more_subjects_than_planned_repeat_the_study_with_new_patients(study: Study) -> None:
    truth = joined(study.parameters, study.forms, 2_000, subjects=study.parameters.enrolment.subjects + 40)["subjects"]
    assert truth["SUBJECT"].is_unique
    assert (~truth["SCREEN_FAILURE"]).sum() == study.parameters.enrolment.subjects + 40


def test_each_frame_has_the_columns_and_codes_of_its_form(study: Study) -> None:
    assert list(study.block.forms) == list(study.forms)
    for name, form in study.forms.items():
        frame = study.block.forms[name]
        assert list(frame.columns) == [*KEYS, *(item.oid for item in form.items)]
        for item in form.items:
            if item.kind == "code":
                assert set(frame[item.oid].dropna()) <= {code for code, _, _ in item.codes}, (name, item.oid)
            elif item.kind == "text":
                assert frame[item.oid].dropna().str.len().max() <= item.length, (name, item.oid)
            else:
                assert frame[item.oid].dtype == np.float64, (name, item.oid)
                decimals = {"float": item.decimals}.get(item.kind, 0)
                values = frame[item.oid].dropna()
                assert np.allclose(values, values.round(decimals), atol=1e-9, rtol=0), (name, item.oid)


def test_every_item_is_filled_somewhere(study: Study) -> None:
    blank = {
        (name, item.oid)
        for name, form in study.forms.items()
        for item in form.items
        if study.block.forms[name][item.oid].isna().all()
    }
    assert blank == set()


def test_records_have_their_own_keys(study: Study) -> None:
    for name, frame in study.block.forms.items():
        assert not frame.duplicated(["SUBJECT", "EVENT", "EVENT_REP", "FORM_REP", "ROW_REP"]).any(), name
        if not study.forms[name].repeating:
            assert frame["ROW_REP"].eq(1).all(), name


def test_forms_are_filled_at_the_visits_of_their_definition(study: Study) -> None:
    events = read_events(study.name, ROOT)
    for name, form in study.forms.items():
        for event in study.block.forms[name]["EVENT"].unique():
            kinds = [kind for kind, definition in events.items() if definition.covers(event)]
            assert len(kinds) == 1, event
            assert kinds[0] in form.events, (name, event)


def dates(study: Study) -> pd.DataFrame:
    """All dates of all forms in one column."""
    parts = []
    for name, form in study.forms.items():
        frame = study.block.forms[name]
        for item in ["EVENT_DATE", *(item.oid for item in form.items if item.kind == "date")]:
            part = frame[["SUBJECT", item]].set_axis(["SUBJECT", "DAY"], axis=1)
            parts.append(part.assign(FORM=name, ITEM=item).dropna())
    return pd.concat(parts, ignore_index=True)


def test_no_date_lies_after_the_cut_off_or_the_death(study: Study) -> None:
    days = dates(study)
    assert days["DAY"].max() <= study.parameters.cut_off
    assert days["DAY"].eq(days["DAY"].round()).all()
    death = study.block.truth["subjects"].set_index("SUBJECT")["DEATH"]
    late = days[days["DAY"] > days["SUBJECT"].map(death)]
    assert set(zip(late["FORM"], late["ITEM"], strict=True)) <= AFTER_DEATH


def test_ends_do_not_come_before_starts(study: Study) -> None:
    for name, form in study.forms.items():
        oids = {item.oid for item in form.items}
        for start in (oid for oid in oids if oid.endswith("STDAT") and oid.replace("STDAT", "ENDAT") in oids):
            frame = study.block.forms[name].dropna(subset=[start, start.replace("STDAT", "ENDAT")])
            assert (frame[start] <= frame[start.replace("STDAT", "ENDAT")]).all(), (name, start)


def test_the_order_of_a_course_is_kept(study: Study) -> None:
    truth = study.block.truth["subjects"]
    truth = truth[~truth["SCREEN_FAILURE"]]
    chain = ["CONSENT", "START", "FIRST_DOSE", "LAST_DOSE", "END_OF_OBSERVATION"]
    for earlier, later in pairwise(chain):
        assert (truth[earlier] <= truth[later]).all(), (earlier, later)
    for column in ("PROGRESSION", "DEATH", "NEW_THERAPY", "WITHDRAWAL", "LOST", "LAST_ALIVE"):
        assert not (truth[column] > truth["END_OF_OBSERVATION"]).any(), column
    assert not (truth["NEW_THERAPY"] < truth["LAST_DOSE"]).any()
    assert not (truth["DISCONTINUATION"] < truth["LAST_DOSE"]).any()


def test_doses_fall_in_steps_and_periods_do_not_overlap(study: Study) -> None:
    log = study.block.forms["ECPYR"]
    assert set(log["ECDOSE"].dropna()) <= {400.0, 320.0, 240.0}
    assert log["ECDOSE"].isna().eq(log["ECOCCUR"].eq("N")).all()
    end = log["ECENDAT"].fillna(study.parameters.cut_off)
    following = log.groupby("SUBJECT")["ECSTDAT"].shift(-1)
    assert (following.isna() | (following == end + 1)).all()
    taken = log[log["ECOCCUR"].eq("Y")]
    assert not (taken.groupby("SUBJECT")["ECDOSE"].diff() > 0).any()
    reduced = taken["ECDOSADJ"].eq("REDUCED")
    assert reduced.any()
    assert reduced.eq(taken.groupby("SUBJECT")["ECDOSE"].diff() < 0).all()


def test_an_interruption_names_an_event_with_an_action(study: Study) -> None:
    log = study.block.forms["ECPYR"]
    idle = log[log["ECOCCUR"].eq("N")]
    events = study.block.forms["AE"][["SUBJECT", "AESPID", "AESTDAT", "AEACNPYR"]]
    numbered = events.rename(columns={"AESPID": "ECAENO"})
    pairs = idle.merge(numbered, how="left", on=["SUBJECT", "ECAENO"], validate="one_to_one")
    assert pairs["AEACNPYR"].isin(["REDUCED", "INTERRUPTED"]).all()
    assert pairs["ECSTDAT"].eq(pairs["AESTDAT"] + 1).all()


def test_what_came_before_the_study_lies_before_the_consent(study: Study) -> None:
    consent = study.block.truth["subjects"].set_index("SUBJECT")["CONSENT"]
    for form in ("MH", "ONCHX", "RCPT", "PRIORRX", "PRSURG", "PRRT"):
        frame = study.block.forms[form]
        for item in (item.oid for item in study.forms[form].items if item.kind == "date"):
            assert not (frame[item] > frame["SUBJECT"].map(consent)).any(), (form, item)


def test_baseline_scans_lie_within_28_days_before_the_start(study: Study) -> None:
    truth = study.block.truth["subjects"].set_index("SUBJECT")["START"]
    scans = study.block.forms["IMG"]
    scans = scans[scans["EVENT"].eq("SCR")]
    before = scans["SUBJECT"].map(truth) - scans["IMGDAT"]
    assert before.between(1, 28).all()


def test_laboratory_values_follow_the_adverse_events(study: Study) -> None:
    events = study.block.truth["adverse_events"]
    severe = events[events["TERM"].eq("Neutrophil count decreased") & events["GRADE"].isin([3, 4])]
    counts = study.block.forms["LBHEM"][["SUBJECT", "LBDAT", "NEUT_LBORRES", "WBC_LBORRES", "LYM_LBORRES"]]
    pairs = severe.merge(counts, on="SUBJECT", validate="many_to_many")
    pairs = pairs[(pairs["LBDAT"] >= pairs["START"]) & (pairs["LBDAT"] < pairs["END"])]
    assert len(pairs) > 0
    assert (pairs["NEUT_LBORRES"] < 1.0).all()
    assert (counts["NEUT_LBORRES"] + counts["LYM_LBORRES"] <= counts["WBC_LBORRES"] + 1e-9).all()


def test_a_treatment_ended_by_toxicity_names_its_adverse_event(study: Study) -> None:
    end = study.block.forms["EOT"]
    stopped = end[end["EOTREAS"].eq("AE")]
    events = study.block.forms["AE"][["SUBJECT", "AESPID", "AEACNPYR"]]
    found = stopped.merge(events, left_on=["SUBJECT", "EOTAENO"], right_on=["SUBJECT", "AESPID"], validate="one_to_one")
    assert len(found) == len(stopped)
    assert found["AEACNPYR"].eq("WITHDRAWN").all()
    assert events["AEACNPYR"].eq("WITHDRAWN").sum() == len(stopped)


def test_a_fatal_event_has_its_death_page(study: Study) -> None:
    events = study.block.forms["AE"]
    fatal = events[events["AESDTH"].eq("Y")]
    page = fatal.merge(study.block.forms["DEATH"], on="SUBJECT", validate="one_to_one")
    assert len(page) == len(fatal)
    assert fatal["AETOXGR"].eq("5").all()
    assert fatal["AEOUT"].eq("FATAL").all()
    assert page["AEENDAT"].eq(page["DTHDAT"]).all()
    assert page["DTHAENO"].eq(page["AESPID"]).all()


def test_screening_failures_have_no_page_after_screening(study: Study) -> None:
    truth = study.block.truth["subjects"]
    failed = set(truth.loc[truth["SCREEN_FAILURE"], "SUBJECT"])
    for name, frame in study.block.forms.items():
        events = set(frame.loc[frame["SUBJECT"].isin(failed), "EVENT"])
        assert events <= {"SCR", "EOS"}, name


def test_no_grade_exceeds_the_maximum_of_its_term(study: Study) -> None:
    events = study.block.truth["adverse_events"]
    most = events["TERM"].map({name: term.top_grade for name, term in study.parameters.terms.items()})
    assert ((events["GRADE"] <= most) | (events["GRADE"].eq(5) & events["TERM"].eq("Pneumonia"))).all()


def test_previous_therapy_tells_whether_the_cancer_is_sensitive_to_trastuzumab(study: Study) -> None:
    """Categories of ASCO abstract e13025, read off the pages of history and previous therapy."""
    history = study.block.forms["ONCHX"].set_index("SUBJECT")
    therapy = study.block.forms["PRIORRX"]
    trastuzumab = therapy[therapy["PRXCLAS"] == "HER2"]
    ends = trastuzumab[trastuzumab["PRXSET"] != "MET"].groupby("SUBJECT")["PRXENDAT"].max()
    took = history.index.isin(trastuzumab["SUBJECT"])
    progressed = history.index.isin(trastuzumab.loc[trastuzumab["PRXREAS"] == "Progression", "SUBJECT"])
    within_a_year = (history["RECDAT"] - ends.reindex(history.index) <= 365).fillna(False)
    read = np.where(~took, "NAIVE", np.where(progressed | within_a_year, "RESISTANT", "SENSITIVE"))
    truth = study.block.truth["subjects"].set_index("SUBJECT")["PRIOR_HER2"]
    assert read.tolist() == truth.loc[history.index].tolist()
