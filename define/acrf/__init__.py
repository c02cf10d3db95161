"""The annotated CRF: pages of the study's CRF with the variables that their fields become, merged with those given."""
