"""The steps of a collection: what each asks AWS, or reads of two files."""
