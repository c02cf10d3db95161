"""Time to event: named dates of each subject, then ordered rules of which the first that holds gives the outcome."""
