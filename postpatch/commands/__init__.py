"""What `python -m postpatch` does beside the checks: clean up in AWS, and check or repeat what a run left."""
