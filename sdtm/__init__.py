"""Raw CRF data to SDTM."""
