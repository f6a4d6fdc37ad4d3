"""Read back what a report, a summary and a delta say: mode, verdict, outcomes and counts, in any version's wording.

Each function yields a sentence for each thing that a file says otherwise than `verify.json` of the same pack. What is
read is what every version since 0.1.0 wrote in the same form: ids, classes and columns, and no wording.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from postpatch.model import FindingType, Mode

Verdict = Mapping[str, Any]

_PAGE_VERDICT = re.compile(r'<p class="pp-verdict pp-(\w+)">.*?<strong>(\w+)</strong></p>')
_PAGE_CHECK = re.compile(r'<tr id="pp-check-([A-Z]+-\d+)"><th scope="row">([^<]*)</th><td><span class="pp-([a-z-]+)">')
_PAGE_TOTALS = re.compile(r"before → after</dt><dd>([\d,]+) → ([\d,]+)</dd>")
_PAGE_CLASS = re.compile(
    r'<tr><th scope="row">([A-Z][a-z ]+)</th><td>([\d,]+)</td><td>([\d,]+)</td><td class="pp-words">'
)
_SUMMARY_MODE = re.compile(r"^(\w+), run (\S+), finished ", re.MULTILINE)
_SUMMARY_COUNTS = re.compile(r"^\|  \|(.*)\|\n.*\n\| all findings \|(.*)\|$", re.MULTILINE)
_SUMMARY_CHECK = re.compile(r"^\| ([A-Z]+-\d+(?:, [A-Z]+-\d+)*) \| (failed|error) \|", re.MULTILINE)
_SUMMARY_FOLLOWS = re.compile(r"^(Failed|Could not be checked) because of these: ([A-Z\d, -]+)\.$", re.MULTILINE)
_SUMMARY_LEFT_OUT = re.compile(r"^Not assessed \(.*\): ([A-Z\d, -]+)\.$", re.MULTILINE)
_CUT = "Cut here to fit the limit"


def page_contradictions(text: str, verdict: Verdict) -> Iterator[str]:
    """Yield what a report in HTML says otherwise."""
    yield from _differs("verdict", set(_PAGE_VERDICT.findall(text)), {(verdict["verdict"].lower(), verdict["verdict"])})
    simulated = bool(verdict["simulated"])
    yield from _differs("SIMULATED in the title", 'id="title">SIMULATED: ' in text, simulated)
    yield from _differs("SIMULATED in the banner", '<p class="pp-banner">SIMULATED: ' in text, simulated)
    recorded = not simulated and verdict["mode"] == Mode.RECORDED
    yield from _differs("RECORDED in the banner", ">RECORDED: " in text, recorded)
    shown = [(shown, outcome.replace("-", " ")) for id_, shown, outcome in _PAGE_CHECK.findall(text) if id_ == shown]
    yield from _differs("outcomes", sorted(shown), sorted(_outcomes(verdict).items()))
    counts = verdict["counts"]
    totals = [tuple(map(_number, pair)) for pair in _PAGE_TOTALS.findall(text)]
    known = counts and not (verdict.get("scanned_again") or {}).get("none")
    yield from _differs("active findings", totals, [(counts["baseline"], counts["after"])] if known else [])
    rows = {
        name.lower().replace(" ", "_"): (findings, settings) for name, findings, settings in _PAGE_CLASS.findall(text)
    }
    for name, shown_counts in rows.items():
        expected = tuple((verdict[kind] or {}).get(name, 0) for kind in ("counts", "configuration"))
        yield from _differs(f"findings {name}", tuple(map(_number, shown_counts)), expected)
    if counts and not rows:
        yield "it shows no findings by class"


def summary_contradictions(text: str, verdict: Verdict) -> Iterator[str]:
    """Yield what a summary in Markdown says otherwise."""
    yield from _differs("verdict", text.partition(":")[0], f"## {verdict['verdict']}")
    yield from _differs("SIMULATED", "**SIMULATED, on " in text, bool(verdict["simulated"]))
    yield from _differs("mode and run", _SUMMARY_MODE.findall(text), [(verdict["mode"], verdict["run"])])
    for head, row in _SUMMARY_COUNTS.findall(text):
        for name, value in zip(head.split("|"), row.split("|"), strict=False):
            counts = verdict["counts"] or {}
            yield from _differs(f"findings {name.strip()}", _number(value), counts.get(name.strip().replace(" ", "_")))
    said = {id_: outcome for ids, outcome in _SUMMARY_CHECK.findall(text) for id_ in ids.split(", ")}
    for words, ids in _SUMMARY_FOLLOWS.findall(text):
        said |= dict.fromkeys(ids.split(", "), "failed" if words == "Failed" else "error")
    said |= dict.fromkeys((id_ for ids in _SUMMARY_LEFT_OUT.findall(text) for id_ in ids.split(", ")), "not assessed")
    expected = {id_: outcome for id_, outcome in _outcomes(verdict).items() if outcome != "passed"}
    if _CUT in text:
        expected = {id_: outcome for id_, outcome in expected.items() if id_ in said}
    yield from _differs("outcomes", said, expected)


def delta_contradictions(lines: Iterable[str], verdict: Verdict) -> Iterator[str]:
    """Yield what the lines of a delta in CSV say otherwise; no row is held."""
    marked, found = Counter[str](), Counter[tuple[bool, str]]()
    try:
        for row in csv.DictReader(lines):
            marked[row.get("evidence") or ""] += 1
            found[row.get("type") == FindingType.CONFIGURATION, row.get("class") or ""] += 1
    except csv.Error as error:
        yield f"it is not CSV: {error}"
        return
    yield from _differs("evidence", set(marked) or {_evidence(verdict)}, {_evidence(verdict)})
    for settings, kind in ((False, "counts"), (True, "configuration")):
        # Each row has one class; the other counts are sums of these.
        for name in {name for is_setting, name in found if is_setting == settings}:
            expected = (verdict[kind] or {}).get(name)
            yield from _differs(f"{kind} {name}", found[settings, name], expected)
        for name in ("fixed", "remaining", "new", "resurfaced"):
            yield from _differs(f"{kind} {name}", found[settings, name], (verdict[kind] or {}).get(name, 0))


def _evidence(verdict: Verdict) -> str:
    return "SIMULATED" if verdict["simulated"] else str(verdict["mode"])


def _outcomes(verdict: Verdict) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in verdict["checks"]}


def _number(text: str) -> int:
    digits = text.strip().replace(",", "")
    return int(digits) if digits.isdecimal() else -1


def _differs(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: it says {found!a:.200}, verify.json says {expected!a:.200}"
