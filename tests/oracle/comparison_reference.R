# Reference values for comparisons of groups: Cox models, restricted means, rates.
#   Rscript comparison_reference.R <folder with CLEOPATRA_3A.csv, FALCON_2.csv, TH3RESA_2A.csv> <file.json>

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
source(file.path(folder, "comparison_functions.R"))
arguments <- commandArgs(TRUE)
if (length(arguments) != 2) stop("usage: Rscript comparison_reference.R <folder of the CSV files> <file.json>")

cases <- lung[!is.na(lung$ph.ecog) & lung$ph.ecog <= 2, ]
cases$status <- cases$status - 1
cases$months <- ceiling(cases$time / 30.4375)

describe_lung <- function(time) {
  female <- cases$sex == 2
  models <- list()
  for (ties in c("efron", "breslow")) {
    plain <- describe_hazard_ratio(time, cases$status, female, NULL, ties)
    stratified <- describe_hazard_ratio(time, cases$status, female, cases$ph.ecog, ties)
    several <- coxph(Surv(time, cases$status) ~ female + cases$age + cases$ph.ecog, ties = ties, control = CONTROL)
    models[[ties]] <- list(
      plain = plain, stratified = stratified, several = describe_model(several), margin = describe_margin(plain, 1.3),
      margin_stratified = describe_margin(stratified, 1.3),
      interaction = describe_interaction(time, cases$status, female, cases$ph.ecog, NULL, ties),
      interaction_stratified = describe_interaction(time, cases$status, female, cases$age >= 65, cases$ph.ecog, ties)
    )
  }
  models
}

describe_public <- function(name) {
  trial <- read.csv(file.path(arguments[1], paste0(name, ".csv")))
  arms <- sort(unique(trial$arm))
  list(
    arms = I(arms),
    hazard_ratio = describe_hazard_ratio(trial$time, trial$event, trial$arm == arms[1]),
    restricted_means = lapply(split(trial, trial$arm), function(a) describe_restricted_mean(a$time, a$event, 12))
  )
}

strata <- list(
  one = rbind(c(18, 50, 9, 50)), other = rbind(c(56, 70, 48, 80)), none_of_reference = rbind(c(7, 20, 0, 20)),
  all_of_both = rbind(c(10, 10, 12, 12)), none_of_both = rbind(c(0, 10, 0, 15)), everything = rbind(c(10, 10, 0, 12)),
  two = rbind(c(18, 50, 9, 50), c(56, 70, 48, 80)),
  four = rbind(c(12, 30, 9, 31), c(25, 41, 20, 39), c(3, 8, 4, 9), c(40, 60, 33, 58)),
  with_empty_cells = rbind(c(0, 6, 2, 5), c(9, 9, 6, 8), c(11, 24, 10, 25))
)
rates <- lapply(strata, function(s) {
  list(counts = s, cmh = describe_difference(s), sample_size = describe_difference(s, "sample_size"),
       mantel_haenszel = if (nrow(s) > 1) describe_mantel_haenszel(s))
})
proportions <- list(c(38, 53), c(34, 53), c(44, 59), c(8, 19), c(26, 32), c(51, 65), c(440, 500), c(0, 12), c(12, 12))

write_json(
  list(
    versions = versions(),
    lung_days = describe_lung(cases$time),
    lung_months = describe_lung(cases$months),
    restricted_means = lapply(split(cases, cases$sex), function(a) {
      lapply(list(year = 365.25, two_years = 730.5), function(end) describe_restricted_mean(a$time, a$status, end))
    }),
    public = list(
      CLEOPATRA_3A = describe_public("CLEOPATRA_3A"), FALCON_2 = describe_public("FALCON_2"),
      TH3RESA_2A = describe_public("TH3RESA_2A")
    ),
    rates = rates,
    proportions = lapply(proportions, function(x) describe_proportion(x[1], x[2]))
  ),
  arguments[2]
)
