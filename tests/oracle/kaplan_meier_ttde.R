# Kaplan-Meier results of one ADTTE parameter.
#   Rscript kaplan_meier_ttde.R <file.csv> <file.json> [ticks, comma separated]
# The CSV has the columns AVAL, CNSR (0 is an event) and TRTP, one row per subject.
# The JSON holds, per treatment: n, events, censored, median and quartiles with limits of each kind (loglog, log,
# plain), numbers at risk just before each tick, S(t) at each tick; and the log-rank test over all treatments and
# for each pair of them. null means not estimable.

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
arguments <- commandArgs(TRUE)
if (!length(arguments) %in% 2:3) stop("usage: Rscript kaplan_meier_ttde.R <file.csv> <file.json> [0,30,60]")
ticks <- if (length(arguments) == 3) as.numeric(strsplit(arguments[3], ",")[[1]]) else seq(0, 210, 30)
if (anyNA(ticks)) stop("the ticks are not numbers: ", arguments[3])

records <- read.csv(arguments[1], colClasses = c(TRTP = "character"))
absent <- setdiff(c("AVAL", "CNSR", "TRTP"), names(records))
if (length(absent)) stop(arguments[1], " has no column ", paste(absent, collapse = ", "))
if (anyNA(records[c("AVAL", "CNSR", "TRTP")]) || any(records$TRTP == "")) stop(arguments[1], " has a missing value")
status <- as.numeric(records$CNSR == 0)

compare <- function(treatments) {
  rows <- records$TRTP %in% treatments
  describe_log_rank(records$AVAL[rows], status[rows], records$TRTP[rows])
}
treatments <- sort(unique(records$TRTP))
pairs <- if (length(treatments) > 1) combn(treatments, 2, simplify = FALSE) else list()

write_json(
  list(
    versions = versions(),
    arms = describe_arms(records$AVAL, status, records$TRTP, ticks),
    log_rank = if (length(treatments) > 1) compare(treatments),
    pairs = lapply(pairs, compare)
  ),
  arguments[2]
)
