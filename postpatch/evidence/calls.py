"""The calls made to AWS, one JSON line each, written as they are answered, so that a killed run leaves them too."""

import json
from collections import Counter
from datetime import UTC
from pathlib import Path

from postpatch.errors import BadEvidence
from postpatch.model import Call
from postpatch.text.credentials import redacted, redacted_values

CALLS = "calls.ndjson"


def append_call(path: Path, call: Call) -> None:
    """Add one call to the file at `path`; its time is ISO 8601 in UTC."""
    row = {**vars(call), "time": call.time.astimezone(UTC).isoformat(timespec="milliseconds")}
    line = json.dumps(row, ensure_ascii=False)
    if redacted(line) != line:  # the whole line is searched at once, for a fleet takes thousands of calls
        line = json.dumps(redacted_values(row), ensure_ascii=False)
    try:
        _add(path, line)
    except FileNotFoundError:  # the first call
        path.parent.mkdir(parents=True, exist_ok=True)
        _add(path, line)


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


def _add(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
