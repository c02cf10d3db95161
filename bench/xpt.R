# One measurement of haven, for bench/xpt.py: Rscript xpt.R <prepare|read|write> <xpt file> <rds file>
# Prints one line of JSON: seconds of wall clock and of CPU.
suppressPackageStartupMessages(library(haven))
arguments <- commandArgs(trailingOnly = TRUE)
task <- arguments[1]
xpt <- arguments[2]
rds <- arguments[3]

if (task == "prepare") {
  saveRDS(as.data.frame(read_xpt(xpt)), rds, compress = FALSE)
  quit(save = "no")
}
if (task == "read") {
  seconds <- system.time(frame <- read_xpt(xpt))
} else {
  frame <- readRDS(rds)
  seconds <- system.time(write_xpt(frame, paste0(rds, ".xpt"), version = 5, name = "LB"))
}
cat(sprintf('{"wall": %.3f, "cpu": %.3f, "rows": %d}\n', seconds[["elapsed"]], seconds[["user.self"]] + seconds[["sys.self"]], nrow(frame)))
