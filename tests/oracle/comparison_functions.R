# Comparisons of two groups in R: Cox models, restricted means, rates. Base R and survival; needs survival_functions.R.

# coxph stops at a relative change of 1e-9 of the likelihood, which leaves an error of 1e-9 in the coefficients.
CONTROL <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)

describe_model <- function(fit) {
  s <- summary(fit)
  test <- function(x) list(chi_square = unname(x["test"]), df = unname(x["df"]), p = unname(x["pvalue"]))
  ci <- s$conf.int
  list(
    coefficients = I(unname(coef(fit))), std_errors = I(unname(sqrt(diag(vcov(fit))))), covariance = unname(vcov(fit)),
    hazard_ratio = I(unname(ci[, "exp(coef)"])), lower = I(unname(ci[, "lower .95"])),
    upper = I(unname(ci[, "upper .95"])), log_likelihoods = I(fit$loglik),
    wald = list(chi_square = fit$wald.test, df = length(coef(fit)),
                p = pchisq(fit$wald.test, length(coef(fit)), lower.tail = FALSE)), score = test(s$sctest), likelihood_ratio = test(s$logtest)
  )
}

# group: TRUE for the compared group. An NA coefficient is null.
describe_hazard_ratio <- function(time, status, group, stratum = NULL, ties = "efron") {
  x <- as.numeric(group)
  rule <- if (is.null(stratum)) Surv(time, status) ~ x else Surv(time, status) ~ x + strata(stratum)
  describe_model(coxph(rule, ties = ties, control = CONTROL))
}

# Phi((ln HR - ln margin) / SE)
describe_margin <- function(model, margin) {
  z <- (model$coefficients[1] - log(margin)) / model$std_errors[1]
  list(z = z, p = pnorm(z))
}

describe_interaction <- function(time, status, group, level, stratum = NULL, ties = "efron") {
  x <- as.numeric(group)
  level <- factor(level)
  rules <- if (is.null(stratum)) {
    list(Surv(time, status) ~ x + level, Surv(time, status) ~ x * level)
  } else {
    list(Surv(time, status) ~ x + level + strata(stratum), Surv(time, status) ~ x * level + strata(stratum))
  }
  fits <- lapply(rules, coxph, ties = ties, control = CONTROL)
  chi <- 2 * (fits[[2]]$loglik[2] - fits[[1]]$loglik[2])
  df <- length(coef(fits[[2]])) - length(coef(fits[[1]]))
  list(chi_square = chi, df = df, p = pchisq(chi, df, lower.tail = FALSE))
}

describe_restricted_mean <- function(time, status, end) {
  found <- summary(survfit(Surv(time, status) ~ 1), rmean = end)$table
  list(value = unname(found["rmean"]), std_error = unname(found["se(rmean)"]))
}

describe_proportion <- function(n, total) {
  exact <- binom.test(n, total)$conf.int
  wilson <- suppressWarnings(prop.test(n, total, correct = FALSE)$conf.int)
  list(n = n, total = total, estimate = n / total, clopper_pearson = I(as.vector(exact)), wilson = I(as.vector(wilson)))
}

# Miettinen and Nurminen by another way than a closed formula: the reference rate that maximises the likelihood of both
# groups, their rates being delta apart, is searched for numerically; so are the limits.
restricted_variance <- function(s, delta) {
  n <- s[2] + s[4]
  likelihood <- function(p) {
    term <- function(x, rate) if (x == 0) 0 else x * log(rate)
    term(s[1], p + delta) + term(s[2] - s[1], 1 - p - delta) + term(s[3], p) + term(s[4] - s[3], 1 - p)
  }
  ends <- c(max(0, -delta), min(1, 1 - delta))
  p <- if (diff(ends) < 1e-12) ends[1] else {
    slope <- function(p) {
      part <- function(x, rate) if (x == 0) 0 else x / rate
      part(s[1], p + delta) - part(s[2] - s[1], 1 - p - delta) + part(s[3], p) - part(s[4] - s[3], 1 - p)
    }
    inner <- ends + c(1, -1) * 1e-13
    if (slope(inner[1]) <= 0) ends[1]
    else if (slope(inner[2]) >= 0) ends[2]
    else uniroot(slope, inner, tol = 1e-15, maxiter = 10000)$root
  }
  rates <- pmin(pmax(c(p + delta, p), 0), 1)
  sum(rates * (1 - rates) / c(s[2], s[4])) * n / (n - 1)
}

describe_difference <- function(strata, weights = "cmh") {
  size <- strata[, 2] + strata[, 4]
  w <- if (weights == "cmh") strata[, 2] * strata[, 4] / size else size
  w <- w / sum(w)
  estimate <- sum(w * (strata[, 1] / strata[, 2] - strata[, 3] / strata[, 4]))
  gap <- function(delta) {
    v <- apply(strata, 1, restricted_variance, delta = delta)
    abs(estimate - delta) - qnorm(0.975) * sqrt(sum(w^2 * v))
  }
  limit <- function(end) {
    # The variance at the estimate itself can be 0 where all or none respond.
    edge <- end * (1 - 1e-9)
    inner <- estimate + end * 1e-9
    if (abs(inner) >= 1 || gap(edge) <= 0) return(end)
    uniroot(gap, sort(c(edge, inner)), tol = 1e-13, maxiter = 10000)$root
  }
  list(estimate = estimate, lower = limit(-1), upper = limit(1))
}

describe_mantel_haenszel <- function(strata) {
  cells <- apply(strata, 1, function(s) c(s[1], s[3], s[2] - s[1], s[4] - s[3]))
  test <- mantelhaen.test(array(cells, c(2, 2, nrow(strata))), correct = FALSE)
  list(
    chi_square = unname(test$statistic), p = test$p.value, odds_ratio = unname(test$estimate),
    lower = test$conf.int[1], upper = test$conf.int[2]
  )
}
