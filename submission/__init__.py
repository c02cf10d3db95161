"""The eCTD module 5 package: datasets, define.xml, reviewer's guides, manifest."""
