"""Which checks rest on which look, for worlds in which a look fails; no world itself."""

# Whatever compares findings needs those of the baseline and those of this run.
FINDINGS = frozenset({"SCAN-3", *(f"FIND-{number}" for number in range(1, 8))})
PATCHING = frozenset({"PATCH-1", "PATCH-2"})
# The wait for the assessment needs the moment at which each host was patched, and the findings need the wait.
HOSTS = frozenset({"SCAN-1", "SCAN-2", "TGT-2"}) | PATCHING | FINDINGS
