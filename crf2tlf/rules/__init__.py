"""The closed list of verbs, the expression parser and its evaluation over whole columns."""
