"""OSCAL 1.1.2 plan of action and milestones: an item, with its risk, for each vulnerability that is active."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postpatch.model import Severity
from postpatch.report.exports.json_files import write_value
from postpatch.report.exports.names import marked, uuid_of
from postpatch.report.exports.oscal import metadata, properties
from postpatch.report.exports.states import active
from postpatch.report.exports.texts import as_markup
from postpatch.report.schema import VerdictJson
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.run import Run

_NAMED = 20  # hosts that an item names; the rest are a number, and delta.csv has them all
_SEVERITIES = list(Severity)


@dataclass
class _Item:
    title: str
    kind: Kind
    severity: Severity
    due: datetime | None = None
    hosts: dict[str, None] = field(default_factory=dict)


class PlanOfAction:
    """`oscal-poam.json`, by NIST's OSCAL 1.1.2 JSON schema, which allows no plan without an item."""

    file = "oscal-poam.json"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write an item for each vulnerability and cause, worst first; nothing if nothing is active."""
        items = sorted(_items(run).items(), key=lambda item: (_SEVERITIES.index(item[1].severity), item[0]))
        if not items:
            return
        account = f"{run.caller.account}/{run.caller.region}/" if run.caller else ""
        write_value(
            path,
            {
                "plan-of-action-and-milestones": {
                    "uuid": uuid_of(run, self.file),
                    "metadata": metadata(run, "Findings that remain after patching"),
                    "system-id": {"id": f"{account}{run.scope}"},
                    "risks": [_risk(run, key, item) for key, item in items],
                    "poam-items": [_poam_item(run, key, item) for key, item in items],
                }
            },
        )


def _items(run: Run) -> dict[tuple[str, str], _Item]:
    # As many as there are vulnerabilities, however many hosts have them.
    items: dict[tuple[str, str], _Item] = {}
    for one in active(run):
        if one.explained:
            finding, kind = one.finding, one.explained.kind
            name = finding.vulnerability if not finding.port else f"{finding.vulnerability} {finding.port}"
            severity = Severity(finding.severity)
            item = items.setdefault((name, kind.value), _Item(as_markup(finding.title or name), kind, severity))
            item.severity = min(item.severity, severity, key=_SEVERITIES.index)
            # The earliest of its hosts': without a waiver the vulnerability must be gone from all of them by then.
            deadline = run.deadlines.of(finding) if run.deadlines else None
            if deadline and deadline.due and (item.due is None or deadline.due < item.due):
                item.due = deadline.due
            item.hosts[finding.host] = None
    return items


def _risk(run: Run, key: tuple[str, str], item: _Item) -> dict[str, Any]:
    words = EXPLANATIONS[item.kind]
    return {
        "uuid": uuid_of(run, "risk", *key),
        "title": marked(run, item.title),
        "description": _where(item),
        "statement": f"{words.title}. {words.why}",
        "props": properties(severity=item.severity.value, cause=item.kind.value, owner=words.owner),
        "status": "open",
        **({"deadline": item.due.astimezone(UTC).isoformat()} if item.due else {}),
        "remediations": [
            {
                "uuid": uuid_of(run, "remediation", *key),
                "lifecycle": "recommendation",
                "title": "Next step",
                "description": words.next_step,
            }
        ],
    }


def _poam_item(run: Run, key: tuple[str, str], item: _Item) -> dict[str, Any]:
    return {
        "uuid": uuid_of(run, "item", *key),
        "title": marked(run, item.title),
        "description": _where(item),
        "related-risks": [{"risk-uuid": uuid_of(run, "risk", *key)}],
    }


def _where(item: _Item) -> str:
    hosts = list(item.hosts)
    more = f" and {len(hosts) - _NAMED:,} more hosts" if len(hosts) > _NAMED else ""
    return f"{item.severity}, active on {as_markup(', '.join(hosts[:_NAMED]))}{more}."
