# What the oracle scripts share: the statistics of one arm, of a comparison, and JSON with 17 significant digits.
# Base R and the package survival only. NA, NaN and infinite values become null.

suppressPackageStartupMessages(library(survival))

# The order of groups must not depend on the language of the machine.
invisible(Sys.setlocale("LC_COLLATE", "C"))

CONF_TYPES <- c(loglog = "log-log", log = "log", plain = "plain")

json_text <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) {
    parts <- vapply(x, json_text, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ", "), "]"))
    return(paste0("{", paste0(json_string(names(x)), ": ", parts, collapse = ", "), "}"))
  }
  if (is.matrix(x)) return(json_text(lapply(seq_len(nrow(x)), function(i) I(x[i, ]))))
  parts <- if (is.character(x)) json_string(x) else ifelse(is.finite(x), sprintf("%.17g", as.numeric(x)), "null")
  # I() marks a vector that stays an array even with one element.
  if (length(x) == 1 && !inherits(x, "AsIs")) parts else paste0("[", paste(parts, collapse = ", "), "]")
}

json_string <- function(x) paste0("\"", gsub("([\"\\\\])", "\\\\\\1", x), "\"")

# One line per entry of the two upper levels, so that a difference can be read.
write_json <- function(x, path) {
  lines <- vapply(names(x), function(name) {
    entry <- x[[name]]
    body <- if (is.list(entry) && !is.null(names(entry))) {
      paste0("{\n", paste0("    ", json_string(names(entry)), ": ", vapply(entry, json_text, ""), collapse = ",\n"), "\n  }")
    } else {
      json_text(entry)
    }
    paste0("  ", json_string(name), ": ", body)
  }, "")
  writeLines(paste0("{\n", paste(lines, collapse = ",\n"), "\n}"), path)
}

versions <- function() {
  list(r = as.character(getRversion()), survival = as.character(packageVersion("survival")))
}

describe_quantiles <- function(fit) {
  q <- quantile(fit, c(0.25, 0.5, 0.75))
  list(estimate = I(unname(q$quantile)), lower = I(unname(q$lower)), upper = I(unname(q$upper)))
}

describe_landmarks <- function(fit, ticks) {
  s <- summary(fit, times = ticks[ticks <= max(fit$time)])
  list(time = I(s$time), survival = I(s$surv), std_error = I(s$std.err), lower = I(s$lower), upper = I(s$upper))
}

# The curve, quantiles and landmarks with each kind of limits, numbers at risk (0 after the last observation).
describe_arm <- function(time, status, ticks, curve = FALSE) {
  fits <- lapply(CONF_TYPES, function(type) survfit(Surv(time, status) ~ 1, conf.type = type))
  fit <- fits$loglog
  reverse <- survfit(Surv(time, 1 - status) ~ 1, conf.type = "log-log")
  at_risk <- summary(fit, times = ticks, extend = TRUE)$n.risk
  result <- list(
    n = length(time), events = sum(status), censored = sum(1 - status), ticks = I(ticks), at_risk = I(at_risk),
    quantiles = lapply(fits, describe_quantiles),
    landmarks = lapply(fits, describe_landmarks, ticks = ticks),
    follow_up = describe_quantiles(reverse)
  )
  if (curve) {
    result$curve <- list(
      time = I(fit$time), at_risk = I(fit$n.risk), events = I(fit$n.event), censored = I(fit$n.censor),
      survival = I(fit$surv), lower = I(fit$lower), upper = I(fit$upper)
    )
  }
  result
}

# With strata, O and E are matrices with one column per stratum. survdiff stops where the variance is singular (some
# groups are never at risk together): that is null here.
describe_log_rank <- function(time, status, group, stratum = NULL) {
  rule <- if (is.null(stratum)) Surv(time, status) ~ group else Surv(time, status) ~ group + strata(stratum)
  test <- tryCatch(survdiff(rule), error = function(e) {
    if (grepl("singular", conditionMessage(e))) NULL else stop(e)
  })
  if (is.null(test)) return(NULL)
  total <- function(x) if (is.matrix(x)) rowSums(x) else x
  list(
    groups = I(levels(factor(group))), n = I(as.vector(test$n)), observed = I(as.vector(total(test$obs))),
    expected = I(as.vector(total(test$exp))), variance = test$var, chi_square = test$chisq,
    df = sum(total(test$exp) > 0) - 1, p = test$pvalue
  )
}

describe_arms <- function(time, status, group, ticks, curve = FALSE) {
  arms <- split(seq_along(time), group)
  lapply(arms, function(rows) describe_arm(time[rows], status[rows], ticks, curve))
}
