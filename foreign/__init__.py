"""Clients that know nothing of this project, against the simulated AWS over HTTP: `make foreign`."""
