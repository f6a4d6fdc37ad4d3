"""Measurements of what must stay fast: `make bench`."""
