"""Judge: pure functions from evidence to a verdict that carries its reasons."""
