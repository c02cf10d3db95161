"""PFS, TTF and OS computed anew from the dates on the clean pages, by the tables of rules, against the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from synthetic import Block, Parameters, read_forms, read_parameters, simulate

ROOT = Path(__file__).parents[2]
ALIVE_DATES = {
    "SV": ["SVSTDAT"],
    "LBHEM": ["LBDAT"],
    "IMG": ["IMGDAT"],
    "TL": ["TLDAT"],
    "NTL": ["NTLDAT"],
    "ECPYR": ["ECSTDAT", "ECENDAT"],
    "ECCAP": ["ECENDAT"],
    "ECFUL": ["ECSTDAT"],
    "ECOTH": ["ECENDAT"],
    "AE": ["AESTDAT", "AEENDAT"],
    "CM": ["CMSTDAT", "CMENDAT"],
    "EOT": ["EXENDAT"],
    "SFU": ["SFUDAT"],
    "NACT": ["NACTSTDAT", "NACTENDAT"],
}


@dataclass
class Story:
    """What the pages say of a subject; None for what is not there."""

    start: float
    baseline: bool = False
    scans: list[tuple[float, float, str, str]] = field(default_factory=list)  # earliest, latest date, visit, response
    death: float | None = None
    therapy: float | None = None
    stop: tuple[float, float, str] | None = None  # last dose, decision, reason
    clinical: float | None = None
    withdrawn: bool = False
    lost: bool = False
    alive: float = float("-inf")


@dataclass(frozen=True)
class Case:
    parameters: Parameters
    block: Block


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def case(request: pytest.FixtureRequest) -> Case:
    parameters = read_parameters(request.param, ROOT)
    return Case(parameters, next(simulate(parameters, read_forms(request.param, ROOT))))


def test_every_outcome_follows_from_the_dates_on_the_pages(case: Case) -> None:
    assert differences(case, case.block.forms) == []


@pytest.mark.slow
@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_every_outcome_of_four_thousand_patients_follows_and_every_rule_occurs(study: str) -> None:
    parameters, rules = read_parameters(study, ROOT), set[int]()
    for block in simulate(parameters, read_forms(study, ROOT), subjects=4_000, seed=11):
        assert differences(Case(parameters, block), block.forms) == []
        truth = block.truth["tte"]
        rules |= set(truth.loc[truth["PARAMETER"].eq("PFS") & truth["RULESET"].eq("FDA"), "RULE"])
    assert rules == set(range(1, 13))


def test_a_changed_date_of_death_makes_the_comparison_fail(case: Case) -> None:
    deaths = case.block.forms["DEATH"].copy()
    deaths["DTHDAT"] = deaths["DTHDAT"] + (deaths.index == 0)
    found = differences(case, case.block.forms | {"DEATH": deaths})
    assert (deaths.loc[0, "SUBJECT"], "OS", "ALL") in {key for key, _, _ in found}


def test_a_changed_start_of_new_therapy_makes_the_comparison_fail(case: Case) -> None:
    truth = case.block.truth["tte"]
    chosen = truth[truth["PARAMETER"].eq("PFS") & truth["RULESET"].eq("THERAPY") & truth["RULE"].eq(3)]
    subject = chosen["SUBJECT"].iloc[0]
    therapy = case.block.forms["NACT"].copy()
    therapy.loc[therapy["SUBJECT"].eq(subject), "NACTSTDAT"] += 2
    found = differences(case, case.block.forms | {"NACT": therapy})
    assert (subject, "PFS", "THERAPY") in {key for key, _, _ in found}


Key = tuple[str, str, str]
Outcome = tuple[int, float]


def differences(case: Case, forms: dict[str, pd.DataFrame]) -> list[tuple[Key, Outcome, Outcome]]:
    """Subject, parameter and rules with the computed and the stored censoring code and date, where they differ."""
    truth = case.block.truth["tte"]
    columns = ["SUBJECT", "PARAMETER", "RULESET", "CNSR", "DATE"]
    stored = {(s, p, r): (int(c), float(d)) for s, p, r, c, d in zip(*(truth[name] for name in columns), strict=True)}
    computed = outcomes(case.parameters, read_stories(forms))
    assert stored.keys() == computed.keys()
    return [(key, computed[key], stored[key]) for key in sorted(stored) if computed[key] != stored[key]]


def read_stories(forms: dict[str, pd.DataFrame]) -> dict[str, Story]:
    begin = forms["RAND"].set_index("SUBJECT")["RANDDAT"] if "RAND" in forms else None
    begin = forms["ECPYR"].groupby("SUBJECT")["ECSTDAT"].min() if begin is None else begin
    stories = {str(subject): Story(float(day)) for subject, day in begin.items()}
    images = forms["IMG"][forms["IMG"]["IMGPERF"].eq("Y")]
    dates = images.groupby(["SUBJECT", "EVENT"])["IMGDAT"].agg(["min", "max"])
    answers = forms["RSP"].set_index(["SUBJECT", "EVENT"])["OVRLRESP"]
    for (subject, event), early, late in zip(dates.index, dates["min"], dates["max"], strict=True):
        if event == "SCR":
            stories[subject].baseline = True
        else:
            stories[subject].scans.append((early, late, event, answers[subject, event]))
    for subject, day in zip(forms["DEATH"]["SUBJECT"], forms["DEATH"]["DTHDAT"], strict=True):
        stories[subject].death = day
    for subject, day in zip(forms["NACT"]["SUBJECT"], forms["NACT"]["NACTSTDAT"], strict=True):
        stories[subject].therapy = day
    end = forms["EOT"]
    columns = ["SUBJECT", "EXENDAT", "EOTDAT", "EOTREAS", "CLINPDDT"]
    for subject, dose, decision, reason, clinical in zip(*(end[name] for name in columns), strict=True):
        stories[subject].stop = (dose, decision, reason)
        stories[subject].clinical = None if pd.isna(clinical) else clinical
    read_ends(forms, stories)
    return stories


def read_ends(forms: dict[str, pd.DataFrame], stories: dict[str, Story]) -> None:
    for subject, reason, day in zip(*(forms["EOS"][name] for name in ("SUBJECT", "EOSREAS", "EOSDAT")), strict=True):
        if reason == "SUBJECT":
            stories[subject].withdrawn = True
            stories[subject].alive = day
        stories.get(subject, Story(0)).lost = reason == "LOST"
    contacts = forms["SURV"][forms["SURV"]["SSSTAT"].eq("ALIVE")]
    shown = [contacts[["SUBJECT", "SSDAT"]].set_axis(["SUBJECT", "DAY"], axis=1)]
    for form, items in ALIVE_DATES.items():
        for item in items if form in forms else []:
            shown.append(forms[form][["SUBJECT", item]].set_axis(["SUBJECT", "DAY"], axis=1))
    latest = pd.concat(shown).dropna().groupby("SUBJECT")["DAY"].max()
    for subject, day in latest.items():
        if subject in stories:
            stories[str(subject)].alive = max(stories[str(subject)].alive, float(day))


def outcomes(parameters: Parameters, stories: dict[str, Story]) -> dict[Key, Outcome]:
    found: dict[Key, Outcome] = {}
    for subject, story in stories.items():
        for rules in ("FDA", "POLICY", "SCHEDULED", "CLINICAL", "THERAPY"):
            found[subject, "PFS", rules] = pfs(parameters, story, rules)
        found[subject, "TTF", "LASTDOSE"] = ttf(parameters, story, 0)
        found[subject, "TTF", "DECISION"] = ttf(parameters, story, 1)
        found[subject, "OS", "ALL"] = survival(story)
    return found


def progression(story: Story) -> float | None:
    return min((early for early, _, _, answer in story.scans if answer == "PD"), default=None)


def adequate(story: Story) -> list[float]:
    """Dates of the evaluable assessments: the first progression by its earliest scan, others by their latest."""
    first = progression(story)
    return sorted(early if early == first else late for early, late, _, answer in story.scans if answer != "NE")


def pfs(parameters: Parameters, story: Story, rules: str) -> Outcome:
    imaging = parameters.imaging
    gap = 2 * imaging.interval + imaging.window
    policy = rules == "POLICY"
    shown = [day for day in (progression(story), story.clinical if rules == "CLINICAL" else None) if day is not None]
    known = [day for day in (min(shown, default=None), story.death) if day is not None]
    event = min(known, default=None)
    days = adequate(story)
    early_death = story.death is not None and (policy or story.death - story.start <= gap)
    if not early_death and (not story.baseline or not days):
        return (1 if not story.baseline else 2), story.start
    if not policy and story.therapy is not None and (event is None or story.therapy < event):
        if rules == "THERAPY":
            return 0, story.therapy
        return 3, scheduled(
            imaging.interval, story, max([d for d in days if d <= story.therapy], default=story.start), rules
        )
    if event is not None:
        last = max([day for day in days if day < event], default=story.start)
        is_death = not shown or min(shown) > event
        if not policy and event - last > gap:
            return (5 if is_death else 4), scheduled(imaging.interval, story, last, rules)
        return 0, event if is_death else scheduled(imaging.interval, story, event, rules)
    last = scheduled(imaging.interval, story, max(days, default=story.start), rules)
    if story.withdrawn:
        return 6, last
    if story.lost:
        return 7, last
    if story.stop is None:
        return 10, last
    return (9 if story.stop[2] == "CLINPD" else 8), last


def scheduled(interval: int, story: Story, day: float, rules: str) -> float:
    """The planned date of the assessment of that day: of its number, or the next one for an unscheduled scan."""
    if rules != "SCHEDULED":
        return day
    for early, late, event, _ in story.scans:
        if day in (early, late):
            number = int(event[2:]) if event.startswith("TA") else -(-(early - story.start) // interval)
            return story.start + interval * number
    return day


def ttf(parameters: Parameters, story: Story, which: int) -> Outcome:
    stop = story.stop
    by_itself = stop is not None and stop[2] not in ("PD", "DEATH", "LOST")
    candidates = [progression(story), story.death, story.therapy, stop[:2][which] if stop and by_itself else None]
    days = [day for day in candidates if day is not None]
    if days:
        return 0, min(days)
    if stop is None:
        return 1, parameters.cut_off
    return 2, stop[0]


def survival(story: Story) -> Outcome:
    if story.death is not None:
        return 0, story.death
    code = 2 if story.lost else 3 if story.withdrawn else 1
    return code, story.alive
