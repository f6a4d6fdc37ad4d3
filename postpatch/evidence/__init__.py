"""Store evidence on disk: snapshots of findings and the other values that a run collected."""
