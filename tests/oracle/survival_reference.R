# Reference values for the statistics of crf2tlf.
#   Rscript survival_reference.R <folder with CLEOPATRA_3A.csv, FALCON_2.csv, TH3RESA_2A.csv> <file.json>

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
arguments <- commandArgs(TRUE)
if (length(arguments) != 2) stop("usage: Rscript survival_reference.R <folder of the CSV files> <file.json>")

# survival::lung, ECOG 0 to 2 (226 subjects); months of 30.4375 days, rounded up, give heavy ties.
cases <- lung[!is.na(lung$ph.ecog) & lung$ph.ecog <= 2, ]
cases$status <- cases$status - 1
cases$months <- ceiling(cases$time / 30.4375)

describe_lung <- function(time, ticks) {
  list(
    arms = describe_arms(time, cases$status, cases$sex, ticks, curve = TRUE),
    log_rank = describe_log_rank(time, cases$status, cases$sex),
    log_rank_stratified = describe_log_rank(time, cases$status, cases$sex, cases$ph.ecog),
    log_rank_three_groups = describe_log_rank(time, cases$status, cases$ph.ecog),
    log_rank_three_groups_stratified = describe_log_rank(time, cases$status, cases$ph.ecog, cases$sex),
    log_rank_two_factors = describe_log_rank(time, cases$status, cases$sex, paste(cases$ph.ecog, cases$age >= 65))
  )
}

describe_public <- function(name) {
  trial <- read.csv(file.path(arguments[1], paste0(name, ".csv")))
  list(
    arms = describe_arms(trial$time, trial$event, trial$arm, c(0, 6, 12, 18, 24)),
    log_rank = describe_log_rank(trial$time, trial$event, trial$arm)
  )
}

edge <- function(time, status, ticks = c(0, 1, 2.5, 4, 9)) {
  list(time = I(time), status = I(status), arm = describe_arm(time, status, ticks, curve = TRUE))
}

edges <- list(
  all_events = edge(1:4, c(1, 1, 1, 1)),
  quartile_on_a_step = edge(c(2, 4, 6, 6, 7, 8, 8, 9), c(1, 1, 0, 1, 1, 1, 0, 0)),
  half_reached_by_float_products = edge(1:10, c(1, 0, 1, 0, 1, 0, 1, 1, 0, 0)),
  flat_end_at_the_median = edge(1:4, c(1, 1, 0, 0)),
  nobody_has_the_event = edge(c(1, 2, 3), c(0, 0, 0)),
  censored_before_the_first_event = edge(c(1, 2, 3, 4, 5), c(0, 1, 0, 1, 0)),
  one_subject_with_event = edge(5, 1),
  one_subject_censored = edge(5, 0),
  event_and_censoring_at_the_same_time = edge(c(1, 1, 2.5, 2.5, 4), c(1, 0, 1, 0, 1)),
  observed_on_day_zero = edge(c(0, 0, 1, 2, 3), c(1, 0, 1, 1, 0)),
  times_equal_but_for_float_noise = edge(c(0.1 + 0.2, 0.3, 0.3, 1, 4), c(1, 1, 0, 1, 0), c(0, 0.3, 1)),
  falls_to_zero_after_ties = edge(c(1, 1, 2, 2, 2, 3, 3), c(1, 1, 1, 0, 1, 1, 1))
)

ages <- split(cases$age, cases$ph.ecog)
weights <- cases$wt.loss
tables <- list(
  summaries = lapply(c(ages, list(weight_loss = weights)), function(values) {
    present <- values[!is.na(values)]
    list(
      n = length(present), n_missing = sum(is.na(values)), mean = mean(present), sd = sd(present),
      median = median(present), q1 = unname(quantile(present, 0.25, type = 2)),
      q3 = unname(quantile(present, 0.75, type = 2)), minimum = min(present), maximum = max(present),
      percentiles = I(unname(quantile(present, c(0.05, 0.1, 0.35, 0.9, 0.95), type = 2)))
    )
  }),
  anova_age_by_ecog = {
    fit <- anova(lm(cases$age ~ factor(cases$ph.ecog)))
    list(statistic = fit[["F value"]][1], df = I(fit[["Df"]]), p = fit[["Pr(>F)"]][1])
  },
  chi_square_sex_by_ecog = {
    counts <- unclass(table(cases$sex, cases$ph.ecog))
    test <- suppressWarnings(chisq.test(counts, correct = FALSE))
    list(counts = matrix(as.vector(counts), nrow(counts)), statistic = unname(test$statistic),
         df = unname(test$parameter), p = test$p.value)
  },
  fisher = lapply(
    list(c(3, 1, 1, 3), c(18, 9, 32, 41), c(0, 5, 12, 8), c(0, 0, 12, 8), c(33, 21, 53, 63), c(2, 2, 2, 2)),
    function(cells) list(counts = matrix(cells, 2), p = fisher.test(matrix(cells, 2))$p.value)
  )
)

write_json(
  list(
    versions = versions(),
    lung = list(n = nrow(cases), sum_of_times = sum(cases$time), sum_of_months = sum(cases$months)),
    lung_days = describe_lung(cases$time, c(0, 182.625, 365.25, 547.875, 730.5, 883, 1022, 1500)),
    lung_months = describe_lung(cases$months, c(0, 6, 12, 18, 24, 34, 60)),
    public = list(
      CLEOPATRA_3A = describe_public("CLEOPATRA_3A"), FALCON_2 = describe_public("FALCON_2"),
      TH3RESA_2A = describe_public("TH3RESA_2A")
    ),
    edges = edges,
    tables = tables
  ),
  arguments[2]
)
