"""Report one run's verdict: in HTML for people and in files for machines. Nothing here judges."""
