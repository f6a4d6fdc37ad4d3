"""The steps of a collection: what each requests from AWS, or reads from two files."""
