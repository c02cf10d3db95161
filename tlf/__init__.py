"""ADaM to results, tables, listings and figures."""
