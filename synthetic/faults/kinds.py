"""The kinds of faults by name, in the order in which they are planted.

The numbers are those of the list of raw-data problems in docs/synthetic_faults.md. Copies of whole subjects come first,
so that they copy clean pages, then what renames many records, then single cells, then repeated records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from synthetic.export.cells import FormCells
from synthetic.faults import kinds_dates as of_dates
from synthetic.faults import kinds_deaths as of_deaths
from synthetic.faults import kinds_doses as of_doses
from synthetic.faults import kinds_events as of_events
from synthetic.faults import kinds_texts as of_texts
from synthetic.faults import kinds_tumours as of_tumours
from synthetic.faults import kinds_visits as of_visits
from synthetic.faults.planter import FaultSpec, Planter


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its number in the list and what plants it."""

    number: int
    plant: Callable[[Planter], None]


KINDS: dict[str, Kind] = {
    "test_subject": Kind(45, of_visits.plant_test_subjects),
    "rescreened": Kind(27, of_visits.plant_rescreened),
    "site_transfer": Kind(28, of_visits.plant_site_transfer),
    "unscheduled_assessment": Kind(6, of_visits.plant_unscheduled),
    "missing_scans": Kind(37, of_tumours.plant_missing_scans),
    "same_scan_date": Kind(8, of_tumours.plant_same_scan_date),
    "clinical_progression": Kind(38, of_tumours.plant_clinical_progression),
    "death_on_survival_page": Kind(9, of_deaths.plant_death_on_survival_page),
    "death_dates_differ": Kind(10, of_deaths.plant_death_dates),
    "alive_after_death": Kind(11, of_deaths.plant_alive_after_death),
    "record_after_death": Kind(12, of_deaths.plant_after_death),
    "fatal_event": Kind(15, of_deaths.plant_fatal_event),
    "reason_without_event": Kind(23, of_deaths.plant_reason_without_event),
    "dose_after_end": Kind(24, of_deaths.plant_dose_after_end),
    "stratum_differs": Kind(25, of_doses.plant_strata),
    "eligibility_or_drug": Kind(26, of_doses.plant_wrong_drug),
    "new_therapy_as_text": Kind(39, of_texts.plant_survival_text),
    "baseline_scan_date": Kind(36, of_doses.plant_baseline_scan),
    "consent_late": Kind(50, of_dates.plant_late_consent),
    "partial_birth_date": Kind(3, of_dates.plant_styles),
    "partial_at_first_dose": Kind(18, of_dates.plant_partial_at_first_dose),
    "after_cut_off": Kind(48, of_dates.plant_after_cut_off),
    "visit_before_last": Kind(7, of_visits.plant_early_visit),
    "injection_visit": Kind(22, of_visits.plant_injection_visit),
    "dose_zero": Kind(19, of_doses.plant_dose_zero),
    "dose_records": Kind(20, of_doses.plant_dose_records),
    "dose_text": Kind(21, of_doses.plant_dose_texts),
    "lab_units": Kind(29, of_doses.plant_labs),
    "impossible_value": Kind(30, of_doses.plant_impossible),
    "lesion_identity": Kind(31, of_tumours.plant_lesion_identity),
    "lesion_split": Kind(32, of_tumours.plant_split_lesion),
    "invalid_target": Kind(33, of_tumours.plant_invalid_target),
    "size_text": Kind(34, of_tumours.plant_size_texts),
    "response_differs": Kind(35, of_tumours.plant_responses),
    "grade": Kind(16, of_events.plant_grades),
    "grade_change": Kind(17, of_events.plant_split_grades),
    "ongoing": Kind(13, of_events.plant_ongoing),
    "end_before_start": Kind(14, of_events.plant_end_before_start),
    "medication": Kind(49, of_events.plant_no_such_event),
    "comment": Kind(51, of_events.plant_no_such_record),
    "partial_date": Kind(1, of_dates.plant_styles),
    "month_unknown": Kind(2, of_dates.plant_styles),
    "site_date_format": Kind(4, of_dates.plant_site_formats),
    "regimen_as_text": Kind(40, of_texts.plant_replacements),
    "drug_names": Kind(42, of_texts.plant_replacements),
    "characters": Kind(41, of_texts.plant_characters),
    "text_and_code": Kind(43, of_texts.plant_disagreement),
    "receptor_discordant": Kind(46, of_texts.plant_second_receptor),
    "her2_untested": Kind(47, of_texts.plant_untested_her2),
    "old_design": Kind(44, of_visits.plant_old_design),
    "duplicate_page": Kind(5, of_visits.plant_duplicates),
}
TEXT_COLUMN_KINDS = ("text_and_code",)
"""Kinds that need a file with the texts of codes beside them."""


def plant_faults(
    block: Mapping[str, FormCells], seed: int, specs: Mapping[str, FaultSpec], cut_off: float, text_columns: bool
) -> Planter:
    """Plant the faults of a study's spec into the cells of a block; the result knows them all."""
    planter = Planter(block, seed, specs, cut_off)
    for name, kind in KINDS.items():
        if name in specs and (text_columns or name not in TEXT_COLUMN_KINDS):
            planter.kind = name
            kind.plant(planter)
    return planter
