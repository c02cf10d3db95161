# The same comparisons for many small datasets at once, to compare with crf2tlf while it runs.
#   Rscript comparison_sweep.R <file.csv with columns set, time, status, group, stratum> <file.json>

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
source(file.path(folder, "comparison_functions.R"))
arguments <- commandArgs(TRUE)
if (length(arguments) != 2) stop("usage: Rscript comparison_sweep.R <file.csv> <file.json>")

# Without an event in each group coxph warns that a coefficient may be infinite: that is null here.
quietly <- function(model) tryCatch(model, warning = function(w) NULL, error = function(e) NULL)

records <- read.csv(arguments[1])
describe_set <- function(rows) {
  a <- rows$group == "A"
  counts <- do.call(rbind, lapply(split(rows, rows$stratum), function(s) {
    x <- s$group == "A"
    c(sum(s$status[x]), sum(x), sum(s$status[!x]), sum(!x))
  }))
  list(
    efron = quietly(describe_hazard_ratio(rows$time, rows$status, a, rows$stratum)),
    breslow = quietly(describe_hazard_ratio(rows$time, rows$status, a, NULL, "breslow")),
    interaction = quietly(describe_interaction(rows$time, rows$status, a, rows$stratum)),
    counts = unname(counts),
    difference = if (all(counts[, c(2, 4)] > 0)) describe_difference(counts),
    mantel_haenszel = quietly(describe_mantel_haenszel(counts))
  )
}
sets <- lapply(split(records, records$set), describe_set)
write_json(list(versions = versions(), sets = sets), arguments[2])
