"""The language and plumbing that every stage of crf2tlf shares."""
