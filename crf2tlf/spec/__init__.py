"""Study specifications: load, layer, check; the typed model."""
