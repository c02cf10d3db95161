"""Every statistic of a display: vectors in, frozen results out; the only door to lifelines."""

from tlf.statistics.descriptive import (
    Summary,
    compute_counts,
    compute_percentile,
    compute_summaries,
    compute_summary,
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
from tlf.statistics.rounding import (
    format_count,
    format_interval,
    format_number,
    format_p_value,
    round_half_away,
)
from tlf.statistics.tests_of_tables import (
    TableTest,
    compute_anova,
    compute_chi_square_test,
    compute_fisher_test,
)

__all__ = [
    "IntervalKind",
    "KaplanMeier",
    "LogRank",
    "Quantile",
    "Summary",
    "TableTest",
    "compute_anova",
    "compute_chi_square_test",
    "compute_confidence_band",
    "compute_counts",
    "compute_curve_steps",
    "compute_fisher_test",
    "compute_kaplan_meier",
    "compute_kaplan_meier_by_group",
    "compute_landmarks",
    "compute_log_rank",
    "compute_number_at_risk",
    "compute_number_at_risk_by_group",
    "compute_percentile",
    "compute_quantile",
    "compute_quantiles",
    "compute_reverse_kaplan_meier",
    "compute_summaries",
    "compute_summary",
    "format_count",
    "format_interval",
    "format_number",
    "format_p_value",
    "round_half_away",
]
