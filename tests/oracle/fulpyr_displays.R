# The numbers of fulpyr's displays of efficacy from its ADaM files alone, by R.
#   Rscript fulpyr_displays.R <folder with adsl.xpt, adtte.xpt, adrs.xpt> <file.json>
# Needs survival and haven, survival_functions.R and comparison_functions.R.

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
source(file.path(folder, "comparison_functions.R"))
arguments <- commandArgs(TRUE)
if (length(arguments) != 2) stop("usage: Rscript fulpyr_displays.R <folder of the XPT files> <file.json>")

read <- function(name) as.data.frame(haven::read_xpt(file.path(arguments[1], paste0(name, ".xpt"))))
adsl <- read("adsl")
adsl <- adsl[adsl$ITTFL == "Y", ]
adtte <- read("adtte")
adrs <- read("adrs")
COMPARED <- "Fulvestrant + Pyrotinib"
BASELINE <- c("PPROTFL", "STRAT1R", "STRAT2R", "STRAT1V", "STRAT2V", "AGEGR1", "ECOGBL", "VISCFL", "DFIGR1", "PRHER2ST")

subjects_of <- function(parameter) {
  records <- adtte[adtte$PARAMCD == parameter, c("USUBJID", "AVAL", "CNSR")]
  merge(records, adsl[, unique(c("USUBJID", "TRT01P", BASELINE))], by = "USUBJID")
}

describe_pair <- function(d, strata = paste(d$STRAT1R, d$STRAT2R)) {
  event <- as.numeric(d$CNSR == 0)
  compared <- d$TRT01P == COMPARED
  test <- describe_log_rank(d$AVAL, event, d$TRT01P, strata)
  list(hazard_ratio = describe_hazard_ratio(d$AVAL, event, compared, strata), log_rank_p = test$p)
}

describe_endpoint <- function(parameter, landmarks) {
  d <- subjects_of(parameter)
  event <- as.numeric(d$CNSR == 0)
  list(
    arms = describe_arms(d$AVAL, event, d$TRT01P, landmarks),
    stratified = describe_pair(d), unstratified = describe_pair(d, NULL),
    means = lapply(split(d, d$TRT01P), function(a) describe_restricted_mean(a$AVAL, as.numeric(a$CNSR == 0), 24))
  )
}

describe_set <- function(d) {
  found <- describe_pair(d)
  c(found, list(margin = describe_margin(found$hazard_ratio, 1.3), n = I(as.vector(table(d$TRT01P)))))
}

describe_subgroup <- function(variable) {
  d <- subjects_of("PFSINV")
  levels <- lapply(split(d, d[[variable]]), function(part) describe_pair(part, NULL)$hazard_ratio)
  event <- as.numeric(d$CNSR == 0)
  list(levels = levels, interaction = describe_interaction(d$AVAL, event, d$TRT01P == COMPARED, d[[variable]]))
}

describe_rate <- function(levels) {
  best <- adrs[adrs$PARAMCD == "BOR", c("USUBJID", "AVALC")]
  d <- merge(adsl, best, by = "USUBJID", all.x = TRUE)
  d$responds <- !is.na(d$AVALC) & d$AVALC %in% levels
  compared <- d$TRT01P == COMPARED
  counts <- do.call(rbind, lapply(split(seq_len(nrow(d)), paste(d$STRAT1R, d$STRAT2R)), function(rows) {
    x <- compared[rows]
    y <- d$responds[rows]
    c(sum(y[x]), sum(x), sum(y[!x]), sum(!x))
  }))
  list(
    arms = lapply(split(d, d$TRT01P), function(a) describe_proportion(sum(a$responds), nrow(a))),
    stratified = describe_difference(counts), unstratified = describe_difference(rbind(colSums(counts))),
    mantel_haenszel = describe_mantel_haenszel(counts)
  )
}

pfs <- subjects_of("PFSINV")
write_json(
  list(
    versions = c(versions(), list(haven = as.character(packageVersion("haven")))),
    endpoints = list(
      PFSINV = describe_endpoint("PFSINV", c(6, 12, 18, 24)), TTF = describe_endpoint("TTF", c(6, 12, 18, 24)),
      OS = describe_endpoint("OS", c(12, 24, 36))
    ),
    non_inferiority = list(itt = describe_set(pfs), pp = describe_set(pfs[pfs$PPROTFL == "Y", ])),
    sensitivity = list(
      PFSINV = describe_pair(pfs), PFSPOL = describe_pair(subjects_of("PFSPOL")),
      PFSSCHED = describe_pair(subjects_of("PFSSCHED")), PFSCLIN = describe_pair(subjects_of("PFSCLIN")),
      PFSTHER = describe_pair(subjects_of("PFSTHER")), without_strata = describe_pair(pfs, NULL),
      as_verified = describe_pair(pfs, paste(pfs$STRAT1V, pfs$STRAT2V)),
      per_protocol = describe_pair(pfs[pfs$PPROTFL == "Y", ])
    ),
    subgroups = sapply(c("AGEGR1", "ECOGBL", "VISCFL", "DFIGR1", "PRHER2ST"), describe_subgroup, simplify = FALSE),
    rates = list(
      ORR = describe_rate(c("CR", "PR")), DCR = describe_rate(c("CR", "PR", "SD", "NON-CR/NON-PD"))
    )
  ),
  arguments[2]
)
