"""The spec and the datasets as written to define.xml and define.html."""
