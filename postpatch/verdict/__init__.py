"""Judge a run: pure functions from evidence to a verdict with its reasons."""
