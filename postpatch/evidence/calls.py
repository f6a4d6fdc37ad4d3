"""The calls made to AWS, one JSON line each, written as they are answered, so that a killed run leaves them too."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC
from pathlib import Path

from postpatch.errors import BadEvidence
from postpatch.model import Call
from postpatch.text.credentials import redacted_values

CALLS = "calls.ndjson"


def append_call(path: Path, call: Call) -> None:
    """Add one call to the file at `path`; its time is ISO 8601 in UTC."""
    row = redacted_values(asdict(call)) | {"time": call.time.astimezone(UTC).isoformat(timespec="milliseconds")}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def count_calls(path: Path) -> dict[str, int]:
    """Return the number of calls by operation; empty without a file. BadEvidence names a line that is not a call."""
    if not path.exists():
        return {}
    counts: Counter[str] = Counter()
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                counts[str(json.loads(line)["operation"])] += 1
            except (ValueError, TypeError, KeyError) as error:
                raise BadEvidence(f"Run the suite again: {path}, line {number}, is not a call.") from error
    return dict(sorted(counts.items()))
