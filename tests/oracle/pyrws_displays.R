# The numbers of pyrws' displays of efficacy from its ADaM files alone, by R.
#   Rscript pyrws_displays.R <folder with adsl.xpt, adtte.xpt, adrscns.xpt> <file.json>
# Needs survival and haven, survival_functions.R and comparison_functions.R.

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "survival_functions.R"))
source(file.path(folder, "comparison_functions.R"))
arguments <- commandArgs(TRUE)
if (length(arguments) != 2) stop("usage: Rscript pyrws_displays.R <folder of the XPT files> <file.json>")

read <- function(name) as.data.frame(haven::read_xpt(file.path(arguments[1], paste0(name, ".xpt"))))
adsl <- read("adsl")
adsl <- adsl[adsl$FASFL == "Y", ]
adtte <- read("adtte")
adrscns <- read("adrscns")

# The covariates of table 14.2.1.6 in their order, the reference first.
LEVELS <- list(
  AGEGR1 = c("<65", ">=65"), ECOGGR1 = c("0", "1", ">=2"), HRSTAT = c("NEGATIVE", "POSITIVE"), VISCFL = c("N", "Y"),
  BRAINFL = c("N", "Y"), NMETGR1 = c("<3", ">=3"), DFIGR1 = c("DE NOVO", "<=24 MONTHS", ">24 MONTHS"),
  LINE = c("FIRST LINE", "SECOND LINE", "THIRD OR LATER LINE"), PRHER2 = c("NAIVE", "SENSITIVE", "RESISTANT"),
  REGIMEN = c("TRASTUZUMAB + TAXANE", "TRASTUZUMAB + OTHER", "CAPECITABINE", "VINORELBINE", "ENDOCRINE THERAPY",
              "PYROTINIB ALONE"),
  STDOSGR1 = c("400 MG", "BELOW 400 MG")
)

subjects_of <- function(parameter) {
  records <- adtte[adtte$PARAMCD == parameter, c("USUBJID", "AVAL", "CNSR")]
  d <- merge(records, adsl[, c("USUBJID", names(LEVELS))], by = "USUBJID")
  d$event <- as.numeric(d$CNSR == 0)
  for (name in names(LEVELS)) d[[name]] <- factor(ifelse(d[[name]] == "", NA, d[[name]]), levels = LEVELS[[name]])
  d
}

fit_model <- function(d, names) {
  rule <- reformulate(names, quote(Surv(AVAL, event)))
  coxph(rule, data = d[complete.cases(d[, names, drop = FALSE]), ], ties = "efron", control = CONTROL)
}

# Wald's test of the levels of one covariate.
describe_term <- function(fit, name) {
  places <- fit$assign[[name]]
  b <- coef(fit)[places]
  chi <- as.numeric(b %*% solve(vcov(fit)[places, places, drop = FALSE], b))
  list(chi_square = chi, df = length(b), p = pchisq(chi, length(b), lower.tail = FALSE))
}

describe_covariates <- function(fit, names) {
  s <- summary(fit)
  found <- lapply(names, function(name) {
    places <- fit$assign[[name]]
    list(
      levels = I(LEVELS[[name]][-1]), hazard_ratio = I(unname(s$conf.int[places, "exp(coef)"])),
      lower = I(unname(s$conf.int[places, "lower .95"])), upper = I(unname(s$conf.int[places, "upper .95"])),
      std_error = I(unname(sqrt(diag(vcov(fit)))[places])),
      p_value = I(unname(s$coefficients[places, "Pr(>|z|)"])), test = describe_term(fit, name)
    )
  })
  setNames(found, names)
}

describe_proportional <- function(fit) {
  table <- cox.zph(fit)$table
  found <- lapply(rownames(table), function(name) {
    list(chi_square = table[name, "chisq"], df = table[name, "df"], p = table[name, "p"])
  })
  setNames(found, rownames(table))
}

describe_curves <- function(d, name) {
  d <- d[!is.na(d[[name]]), ]
  test <- describe_log_rank(d$AVAL, d$event, as.character(d[[name]]))
  list(arms = describe_arms(d$AVAL, d$event, as.character(d[[name]]), c(6, 12, 18, 24)), log_rank_p = test$p)
}

describe_best <- function(flag) {
  best <- adrscns[adrscns$PARAMCD == "CNSBOR", c("USUBJID", "AVALC")]
  brain <- adsl[adsl$BRAINFL == "Y" & adsl$CNSMEAFL %in% flag, ]
  d <- merge(brain, best, by = "USUBJID", all.x = TRUE)
  list(
    ORR = describe_proportion(sum(d$AVALC %in% c("CR", "PR")), nrow(d)),
    DCR = describe_proportion(sum(d$AVALC %in% c("CR", "PR", "SD", "NON-CR/NON-PD")), nrow(d))
  )
}

pfs <- subjects_of("RWPFS")
alone <- lapply(names(LEVELS), function(name) describe_covariates(fit_model(pfs, name), name)[[name]])
together <- fit_model(pfs, names(LEVELS))
write_json(
  list(
    versions = c(versions(), list(haven = as.character(packageVersion("haven")))),
    univariable = setNames(alone, names(LEVELS)),
    multivariable = describe_covariates(together, names(LEVELS)),
    size = list(n = together$n, events = together$nevent),
    proportional = describe_proportional(together),
    curves = list(REGIMEN = describe_curves(pfs, "REGIMEN"), LINE = describe_curves(pfs, "LINE")),
    intracranial = list(with = describe_best("Y"), without = describe_best("N"), all = describe_best(c("Y", "N")))
  ),
  arguments[2]
)
