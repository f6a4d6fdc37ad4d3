"""OpenVEX 0.2.0: a statement for each vulnerability on each host that was fixed, or that still affects it."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from postpatch.model import FindingType
from postpatch.report.exports.json_files import write_document
from postpatch.report.exports.names import instance_arn, marked, uuid_of
from postpatch.report.exports.states import Stated, active, fixed
from postpatch.report.schema import VerdictJson
from postpatch.text.legible import one_line
from postpatch.verdict.run import Run

_CONTEXT = "https://openvex.dev/ns/v0.2.0"
_VULNERABILITIES = (FindingType.PACKAGE, FindingType.CODE)


class OpenVex:
    """`verify.openvex.json`, by the OpenVEX specification 0.2.0 (openvex/spec, openvex_json_schema.json)."""

    file = "verify.openvex.json"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the statements; ports and settings are no vulnerabilities, and a run without any writes no file."""
        head = {
            "@context": _CONTEXT,
            "@id": f"urn:uuid:{uuid_of(run, 'openvex')}",
            "author": marked(run, "postpatch"),
            "role": "patch verification",
            "timestamp": run.finished_at.isoformat(),
            "version": 1,
            "tooling": run.tool,
        }
        write_document(path, head, "statements", _statements(run))


def _statements(run: Run) -> Iterator[dict[str, Any]]:
    for one in chain(active(run), fixed(run)):
        if one.finding.type in _VULNERABILITIES:
            yield _statement(one, run)


def _statement(one: Stated, run: Run) -> dict[str, Any]:
    packages = one_line(", ".join(dict.fromkeys(package.name for package in one.finding.packages)))
    statement: dict[str, Any] = {
        "vulnerability": {"name": one.finding.vulnerability},
        "products": [{"@id": instance_arn(one.finding)}],
        "status": "affected" if one.why else "fixed",
    }
    if one.finding.related:
        statement["vulnerability"]["aliases"] = list(dict.fromkeys(one.finding.related))
    if one.why:
        statement["status_notes"] = marked(run, f"{one.state}, in {packages}: {one.why.title}")
        statement["action_statement"] = one.why.next_step
    else:
        statement["status_notes"] = marked(run, f"in {packages}: active in the baseline, and no longer")
    return statement
