"""ADRS and ADTTE of a faulty trial against the truth, one row a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd
from faulty_trial import FaultyTrial

from crf2tlf.rules.columns import compute_iso_dates

KEYS = ["USUBJID", "DATASET", "PARAMCD", "ASSESSMENT", "FIELD"]
# The true rule sets, with the parameters of fulpyr and of pyrws.
RULE_SETS = {
    ("PFS", "FDA"): ("PFSINV", "RWPFS"),
    ("PFS", "POLICY"): ("PFSPOL", "RWPFSPOL"),
    ("PFS", "SCHEDULED"): ("PFSSCHED", "RWPFSSCH"),
    ("PFS", "CLINICAL"): ("PFSCLIN", "RWPFSCLN"),
    ("PFS", "THERAPY"): ("PFSTHER", "RWPFSTHR"),
    ("TTF", "LASTDOSE"): ("TTF", "TTF"),
    ("TTF", "DECISION"): ("TTFDEC", "TTFDEC"),
    ("OS", "ALL"): ("OS", "OS"),
}
OS_RULES = {1: "DEATH", 2: "LOST", 3: "CONSENT", 4: "ALIVE"}
REASONS = {
    "TREATMENT DISCONTINUATION: AE": "TREATMENT DISCONTINUATION: ADVERSE EVENT",
    "TREATMENT DISCONTINUATION: CLINPD": "TREATMENT DISCONTINUATION: CLINICAL PROGRESSION",
    "TREATMENT DISCONTINUATION: PHYSICIAN": "TREATMENT DISCONTINUATION: PHYSICIAN DECISION",
    "TREATMENT DISCONTINUATION: SUBJECT": "TREATMENT DISCONTINUATION: WITHDRAWAL BY SUBJECT",
}
RESPONSES = {"OVR": "OVERALL", "TRGRESP": "TARGET", "NTRGRESP": "NONTARGET"}
BEST = {"BOR": "BEST_RESPONSE", "CBOR": "CONFIRMED_RESPONSE"}
NOT_DATED = (*BEST, "TRGRESP", "NTRGRESP", "NEWLES")


def keys_of(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(str(value) for value in row) for row in frame[KEYS].to_numpy(dtype=object)]


def differences_of(true: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """KEYS, TRUE and OURS where they differ; what only one of them has differs."""
    both = ours.rename(columns={"VALUE": "OURS"}).merge(
        true.rename(columns={"VALUE": "TRUE"}), on=KEYS, how="outer", validate="1:1"
    )
    return both[both["OURS"].fillna("") != both["TRUE"].fillna("")].reset_index(drop=True)


def outcomes_of(trial: FaultyTrial, built: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """ADTTE and ADRS as built, one row a value: KEYS and VALUE, of what the truth tells."""
    place = ("fulpyr", "pyrws").index(trial.study.name)
    codes = [names[place] for names in RULE_SETS.values()]
    tte = built["ADTTE"][built["ADTTE"]["PARAMCD"].isin(codes)].assign(ASSESSMENT="")
    tte = tte.assign(CNSR=tte["CNSR"].astype("int64"), ADT=iso(tte["ADT"]), STARTDT=iso(tte["STARTDT"]))
    adrs = built["ADRS"]
    adrs = adrs.assign(ASSESSMENT=adrs["ALNKGRP"], ADT=iso(adrs["ADT"]))
    adrs.loc[adrs["PARAMCD"].isin([*BEST, "PD"]), "ASSESSMENT"] = ""
    parts = [melt(tte, "ADTTE", ("STARTDT", "ADT", "CNSR", "ACNRULE", "EVNTDESC"))]
    parts += [melt(adrs[adrs["PARAMCD"].isin(NOT_DATED)], "ADRS", ("AVALC",))]
    parts += [melt(adrs[adrs["PARAMCD"].isin(["OVR", "PD"])], "ADRS", ("AVALC", "ADT"))]
    return pd.concat(parts, ignore_index=True)


def true_outcomes(trial: FaultyTrial) -> pd.DataFrame:
    """The same values as they really were."""
    tte, subjects, responses = (trial.truth(name) for name in ("tte", "subjects", "responses"))
    subjects = subjects[~subjects["SCREEN_FAILURE"]]
    place = ("fulpyr", "pyrws").index(trial.study.name)
    codes = [RULE_SETS[pair][place] for pair in zip(tte["PARAMETER"], tte["RULESET"], strict=True)]
    rules = tte["RULE"].map(OS_RULES).astype("string").where(tte["PARAMETER"] == "OS", tte["RULE"].astype("string"))
    tte = tte.assign(PARAMCD=codes, ASSESSMENT="", ACNRULE=rules, EVNTDESC=tte["REASON"].replace(REASONS))
    tte = tte.assign(CNSR=tte["CNSR"].astype("int64"), ADT=iso(tte["DATE"]), STARTDT=iso(tte["START"]))
    parts = [melt(tte, "ADTTE", ("STARTDT", "ADT", "CNSR", "ACNRULE", "EVNTDESC"))]
    for code, name in BEST.items():
        best = subjects.assign(PARAMCD=code, ASSESSMENT="", AVALC=words(subjects[name]).fillna("MISSING"))
        parts.append(melt(best, "ADRS", ("AVALC",)))
    seen = subjects["PROGRESSION"].notna().map({True: "Y", False: "N"})
    first = subjects.assign(PARAMCD="PD", ASSESSMENT="", AVALC=seen, ADT=iso(subjects["PROGRESSION"]))
    parts.append(melt(first, "ADRS", ("AVALC", "ADT")))
    responses = responses.assign(ASSESSMENT=responses["EVENT"], ADT=iso(responses["DATE"]))
    for code, name in RESPONSES.items():
        given = responses.assign(PARAMCD=code, AVALC=words(responses[name]))
        fields = ("AVALC", "ADT") if code == "OVR" else ("AVALC",)
        parts.append(melt(given[given["AVALC"].notna()], "ADRS", fields))
    new = responses.assign(PARAMCD="NEWLES", AVALC=responses["NEW"].map({True: "Y", False: "N"}))
    return pd.concat([*parts, melt(new, "ADRS", ("AVALC",))], ignore_index=True)


def words(column: pd.Series) -> pd.Series:
    """True responses in the words of ADRS; missing for none."""
    return column.astype("string").replace({"NN": "NON-CR/NON-PD"}).mask(column == "NA")


def iso(days: pd.Series) -> pd.Series:
    """Days since 1960-01-01 as ISO 8601 texts."""
    return compute_iso_dates(days.to_numpy(dtype="float64")).set_axis(days.index)


def melt(frame: pd.DataFrame, dataset: str, fields: Collection[str]) -> pd.DataFrame:
    """One row a value, "" for a missing one."""
    keys = frame[["USUBJID", "PARAMCD", "ASSESSMENT"]].astype(object).fillna("")
    parts = [
        keys.assign(
            DATASET=dataset, FIELD=name, VALUE=frame[name].astype(object).where(frame[name].notna(), "").map(str)
        )
        for name in fields
    ]
    return pd.concat(parts, ignore_index=True)[[*KEYS, "VALUE"]].astype("string")
