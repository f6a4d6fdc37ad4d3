"""`explain`: a check, a finding or a host, from the evidence of the last run."""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from postpatch.errors import did_you_mean
from postpatch.evidence.pack import VERDICT_JSON, NotAPack, read_document, read_manifest
from postpatch.evidence.pack_check import problems
from postpatch.model import FindingType
from postpatch.text.legible import legible, one_line
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.facts import count, naming

OK, UNKNOWN, USAGE = 0, 1, 2
_MOST = 20  # rows of each kind
_DELTA = "delta.csv"
_WORST = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED")

Row = Mapping[str, str]


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser("explain", help="explain a check, a finding or a host, from the last evidence")
    kinds = "a check such as FIND-4, a CVE, a KB, a finding's ARN, a package, or a host's id or name"
    parser.add_argument("what", metavar="WHAT", help=kinds)
    parser.add_argument("--reports", type=Path, default=Path("reports"), metavar="DIR", help="the folder of the pack")
    parser.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    """Return 0 for what is explained, 1 for what the evidence does not hold, 2 where there is no evidence."""
    try:
        manifest = read_manifest(options.reports)
        verdict = json.loads(read_document(options.reports / VERDICT_JSON))
    except (NotAPack, ValueError, RecursionError) as error:
        sys.stderr.write(f"{legible(f'Run postpatch verify first, or name a folder with --reports: {error}')}\n")
        return USAGE
    _say(f"run {manifest.run}: {manifest.verdict}, finished {manifest.finished_at:%F %T} UTC")
    if altered := problems(options.reports, manifest):
        _say(f"This is not the pack as it was published: {altered[0]}")
    what, known = str(options.what), set[str]()
    found = False
    try:
        for line in _lines(what, verdict, options.reports / _DELTA, known):
            found = True
            _say(line)
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error) as error:
        # The files may be anybody's: of another shape than any run writes, or longer than a reader of CSV takes.
        reason = f"{VERDICT_JSON} or {_DELTA} cannot be read: {type(error).__name__} {error}"
        sys.stderr.write(f"{one_line(f'Ask for the pack as it was published: {reason}')}\n")
        return USAGE
    if not found:
        sys.stderr.write(f"{legible(f'The evidence holds nothing about {what}.{did_you_mean(what, known)}')}\n")
    return OK if found else UNKNOWN


def _lines(what: str, verdict: Mapping[str, Any], delta: Path, known: set[str]) -> Iterator[str]:
    checks = {check["id"]: check for check in verdict["checks"]}
    known.update(checks)
    if what.upper() in checks:
        yield from _check(checks[what.upper()], verdict)
        return
    found, outcomes, number = [], Counter[str](), 0
    causes, settings, of_host = dict[str, list[str]](), list[str](), False
    for row in _rows(delta):
        of = {row["host"], row.get("host_name")}
        about = {*of, row["vulnerability"], row.get("finding_arn"), *row.get("packages", "").split("; ")}
        known.update(filter(None, about - {row.get("finding_arn")}))
        if what not in about:
            continue
        number += 1
        outcomes[row["class"]] += 1
        of_host = of_host or what in of
        if row["cause"] in set(Kind):
            causes.setdefault(row["cause"], []).append(_called(row))
        if of_host and row["type"] == FindingType.CONFIGURATION:
            settings += [f"{row['vulnerability']} {row['title']}"] if row["severity_after"] else []
            continue
        found.append(row)
        found = sorted(found, key=_order)[:_MOST] if len(found) > 2 * _MOST else found
    if number:
        named = ", ".join(f"{amount} {name.replace('_', ' ')}" for name, amount in outcomes.most_common())
        yield f"{what}: {count(number, 'finding')}: {named}"
    if of_host:
        yield from (*_causes(causes), *_settings(settings))
    for row in sorted(found, key=_order)[:_MOST]:
        yield from _finding(row, cause=not of_host)
    if number > _MOST:
        yield f"all {number} are in {delta}"


def _causes(causes: Mapping[str, list[str]]) -> Iterator[str]:
    """Say each cause once, the most frequent one first, with the number of its findings and the first of their ids."""
    for name, ids in sorted(causes.items(), key=lambda pair: -len(pair[1])):
        words = EXPLANATIONS[Kind(name)]
        yield f"why {count(len(ids), 'finding')} {'remains' if len(ids) == 1 else 'remain'}: {words.title}. {words.why}"
        yield f"  {naming(ids)}"
        yield f"  to do ({words.owner}): {words.next_step}"


def _settings(settings: Sequence[str]) -> Iterator[str]:
    if settings:
        yield f"{count(len(settings), 'failed CIS check')}:"
        yield from (f"  {one}" for one in settings[:_MOST])
    if len(settings) > _MOST:
        yield f"  and {len(settings) - _MOST} more"


def _called(row: Row) -> str:
    return row["vulnerability"] or f"{row['protocol']} {row['port_begin']}"


def _rows(delta: Path) -> Iterator[Row]:
    if not delta.is_file():
        return
    with delta.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, restval="")


def _order(row: Row) -> tuple[bool, int, str]:
    severity = row["severity_after"] or row["severity_before"]
    return (
        not row["severity_after"], _WORST.index(severity) if severity in _WORST else len(_WORST), row["vulnerability"],
    )  # fmt: skip


def _check(check: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[str]:
    yield f"{check['id']}: {check['sentence']}"
    yield f"{check['outcome']}: {check['reason']}"
    for fact in check["facts"]:
        if not fact["holds"]:
            yield f"- {fact['name']}: expected {fact['expected']}, found {fact['found']}"
    for note in check["notes"]:
        yield f"note: {note}"
    for cause in verdict.get("causes", ()):
        if check["id"] in cause["follow"]:
            yield f"It is so because of {', '.join(cause['ids'])}: {cause['sentence']}."
        if check["id"] in (*cause["ids"], *cause["follow"]):
            by = f", by {cause['due']}" if cause["due"] else ""
            yield f"To do ({cause['owner']}{by}): {cause['next_step']}"
            yield from cause["commands"]


def _finding(row: Row, *, cause: bool) -> Iterator[str]:
    host = f"{row['host']} ({row['host_name']})" if row.get("host_name") else row["host"]
    severity = row["severity_after"] or row["severity_before"]
    yield f"- {severity} {_called(row)} on {host}: {row['class'].replace('_', ' ')}; {row['title']}"
    if row.get("packages"):
        fixed = f"fixed in {row['fixed_in']}" if row["fixed_in"] else "no fixed version yet"
        yield f"  {row['packages']}: installed {row['installed']}, {fixed}"
    if cause and row["cause"] in set(Kind):
        words = EXPLANATIONS[Kind(row["cause"])]
        yield f"  why: {words.title}. {words.why}"
        yield f"  to do ({words.owner}): {words.next_step}"
    if row.get("due"):
        overdue = f", {row['overdue_days']} days overdue" if row["overdue_days"] else ""
        yield f"  due {row['due']}{overdue}: {row['deadline_inputs']}"
    if row.get("waiver"):
        yield f"  accepted: {row['waiver']}"


def _say(line: str) -> None:
    # The spaces at the beginning belong to the form, and those within a command to its words.
    indent = "  " if line.startswith("  ") else ""
    shown = legible(line) if line.startswith("aws ") else f"{indent}{one_line(line)}"
    sys.stdout.write(f"{shown}\n")
