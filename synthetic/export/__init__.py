"""The files that an EDC system would export: CSV, ODM-XML, XPT or XLSX, and the list of the faults in them."""
