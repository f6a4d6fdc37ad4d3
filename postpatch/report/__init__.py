"""Tell the verdict: one run, in HTML for people and in files for machines. Nothing here judges."""
