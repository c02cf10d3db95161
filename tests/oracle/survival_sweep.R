# The same statistics for many small datasets at once, to compare with crf2tlf while it runs.
#   Rscript survival_sweep.R <file.csv with columns set, time, status, group, stratum> <file.json>

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
arguments <- commandArgs(TRUE)
if (length(arguments) != 2) stop("usage: Rscript survival_sweep.R <file.csv> <file.json>")

records <- read.csv(arguments[1])
describe_set <- function(rows) {
  list(
    arm = describe_arm(rows$time, rows$status, c(0, 1, 2, 3.5, 5, 8), curve = TRUE),
    log_rank = describe_log_rank(rows$time, rows$status, rows$group),
    log_rank_stratified = describe_log_rank(rows$time, rows$status, rows$group, rows$stratum)
  )
}
sets <- lapply(split(records, records$set), describe_set)
write_json(list(versions = versions(), sets = sets), arguments[2])
