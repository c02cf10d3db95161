"""Every statistic of a display: vectors in, frozen results out."""

from tlf.statistics.cox import ChiSquare, CoxModel, Ties, compute_cox_model, compute_wald_test, not_estimable
from tlf.statistics.descriptive import (
    Summary,
    compute_counts,
    compute_percentile,
    compute_summaries,
    compute_summary,
)
from tlf.statistics.hazard_ratio import (
    HazardRatio,
    NonInferiority,
    compute_hazard_ratio,
    compute_interaction,
    compute_non_inferiority,
    compute_std_error_of_limits,
)
from tlf.statistics.kaplan_meier import (
    KaplanMeier,
    compute_curve_steps,
    compute_kaplan_meier,
    compute_kaplan_meier_by_group,
    compute_number_at_risk,
    compute_number_at_risk_by_group,
    compute_reverse_kaplan_meier,
)
from tlf.statistics.kaplan_meier_limits import (
    IntervalKind,
    Quantile,
    compute_confidence_band,
    compute_landmarks,
    compute_quantile,
    compute_quantiles,
)
from tlf.statistics.log_rank import LogRank, compute_log_rank
from tlf.statistics.proportional_hazards import ProportionalHazards, compute_proportional_hazards
from tlf.statistics.proportions import (
    Interval,
    ProportionInterval,
    StratumWeights,
    compute_proportion,
    compute_rate_difference,
    compute_risk_difference,
)
from tlf.statistics.restricted_mean import Estimate, compute_restricted_mean, compute_restricted_mean_difference
from tlf.statistics.rounding import (
    NOT_ESTIMABLE,
    format_count,
    format_interval,
    format_number,
    format_p_value,
    round_half_away,
)
from tlf.statistics.sample_size import (
    compute_event_probability,
    compute_largest_hazard_ratio,
    compute_required_events,
)
from tlf.statistics.stratified_tables import StratifiedTable, compute_mantel_haenszel
from tlf.statistics.tests_of_tables import (
    TableTest,
    compute_anova,
    compute_chi_square_test,
    compute_fisher_test,
)

__all__ = [
    "NOT_ESTIMABLE",
    "ChiSquare",
    "CoxModel",
    "Estimate",
    "HazardRatio",
    "Interval",
    "IntervalKind",
    "KaplanMeier",
    "LogRank",
    "NonInferiority",
    "ProportionInterval",
    "ProportionalHazards",
    "Quantile",
    "StratifiedTable",
    "StratumWeights",
    "Summary",
    "TableTest",
    "Ties",
    "compute_anova",
    "compute_chi_square_test",
    "compute_confidence_band",
    "compute_counts",
    "compute_cox_model",
    "compute_curve_steps",
    "compute_event_probability",
    "compute_fisher_test",
    "compute_hazard_ratio",
    "compute_interaction",
    "compute_kaplan_meier",
    "compute_kaplan_meier_by_group",
    "compute_landmarks",
    "compute_largest_hazard_ratio",
    "compute_log_rank",
    "compute_mantel_haenszel",
    "compute_non_inferiority",
    "compute_number_at_risk",
    "compute_number_at_risk_by_group",
    "compute_percentile",
    "compute_proportion",
    "compute_proportional_hazards",
    "compute_quantile",
    "compute_quantiles",
    "compute_rate_difference",
    "compute_required_events",
    "compute_restricted_mean",
    "compute_restricted_mean_difference",
    "compute_reverse_kaplan_meier",
    "compute_risk_difference",
    "compute_std_error_of_limits",
    "compute_summaries",
    "compute_summary",
    "compute_wald_test",
    "format_count",
    "format_interval",
    "format_number",
    "format_p_value",
    "not_estimable",
    "round_half_away",
]
