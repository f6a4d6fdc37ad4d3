"""Keep: snapshots of findings and the values a run looked at, on disk."""
