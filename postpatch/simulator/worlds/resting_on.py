"""Which checks rest on which look, for worlds in which a look fails; no world itself."""

WINDOW = frozenset(
    {*(f"MW-{number}" for number in range(1, 6)), "TGT-1", "TGT-2", *(f"TASK-{number}" for number in range(1, 6))}
)
PATCHING = frozenset({"PATCH-1", "PATCH-2"})
SCAN = frozenset({"SCAN-1", "SCAN-2"})
# Whatever compares findings needs those of the baseline and those of this run.
FINDINGS = frozenset({"SCAN-3", *(f"FIND-{number}" for number in range(1, 9))})
HOSTS = PATCHING | SCAN | FINDINGS | {"TGT-2"}
