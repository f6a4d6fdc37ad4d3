"""`fleet.json`, `fleet.md` and `fleet.html`: what a fleet came to, for machines, a pipeline's page, and people."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from postpatch import __version__
from postpatch.evidence.kept import replace_text
from postpatch.fleet.gathering import Fleet, Row
from postpatch.fleet.nodes import ListedHost
from postpatch.fleet.pack import FAMILIES
from postpatch.report import words
from postpatch.report.html import STYLESHEET, rendered
from postpatch.report.markdown import escaped, table
from postpatch.run.publishing import REPORT
from postpatch.text.characters import escaped_in_json
from postpatch.text.places import name_of
from postpatch.verdict.run import Outcome, Verdict

FORMAT = 1
_TEMPLATES = Path(__file__).with_name("templates")
JSON, MARKDOWN, HTML = "fleet.json", "fleet.md", "fleet.html"
_MOST_ROWS = 2_000  # of the matrix in the page and the summary; fleet.json has all
_WORST = (Verdict.FAIL, Verdict.ERROR, Verdict.PARTIAL, Verdict.PASS)


def write_outputs(fleet: Fleet, folder: Path, now: datetime) -> None:
    """Write the three files to `folder`, each whole or not at all; links in them are relative to it."""
    document = as_document(fleet, folder, now)
    replace_text(folder / HTML, as_html(fleet, folder, now))
    replace_text(folder / MARKDOWN, "".join(f"{line}\n" for line in _markdown(fleet, folder)))
    replace_text(folder / JSON, escaped_in_json(json.dumps(document, indent=1, ensure_ascii=False)) + "\n")


def as_document(fleet: Fleet, folder: Path, now: datetime) -> dict[str, Any]:
    """Return the fleet as `fleet.json` has it."""
    return {
        "format": FORMAT,
        "tool": f"postpatch {__version__}",
        "gathered_at": now.astimezone(UTC).isoformat(),
        "verdict": fleet.verdict.value,
        "sentence": fleet.sentence,
        "simulated": bool(fleet.stage),
        "stage": fleet.stage or None,
        "complete": fleet.complete,
        "targets": [_target(row, folder) for row in fleet.rows],
        "unlisted_accounts": [vars(one) for one in fleet.unlisted],
        "left_out_accounts": [vars(one) for one in fleet.left_out],
        "unmanaged_hosts": None if fleet.unmanaged is None else [vars(one) for one in fleet.unmanaged],
        "left_out_hosts": [vars(one) for one in fleet.hosts_left_out],
        "causes": [
            {
                "cause": one.name,
                "title": fleet.titles.get(one.name, ("", ""))[0],
                "hosts": one.hosts,
                "findings": one.findings,
            }
            for one in fleet.concerns.causes
        ],
        "packages": [
            {"package": one.name, "hosts": one.hosts, "vulnerabilities": one.findings}
            for one in fleet.concerns.packages
        ],
        "notes": list(fleet.notes),
    }


def as_html(fleet: Fleet, folder: Path, now: datetime) -> str:
    """Return the page: static, readable without scripts, everything from elsewhere escaped."""
    rows = _worst_first(fleet)
    return rendered(
        "fleet.html.jinja",
        _TEMPLATES,
        fleet=fleet,
        stylesheet=STYLESHEET.read_text(encoding="utf-8"),
        families=FAMILIES,
        rows=rows[:_MOST_ROWS],
        left_out_rows=len(rows) - len(rows[:_MOST_ROWS]),
        figures=_figures(fleet),
        link=lambda row: link(row, folder),
        unmanaged=(fleet.unmanaged or ())[:_MOST_ROWS],
        left_out_hosts=len(fleet.unmanaged or ()) - len((fleet.unmanaged or ())[:_MOST_ROWS]),
        named_host=named_host,
        place=lambda row: name_of(row.pack.folder) if row.pack else "",
        now=words.utc(now),
        tool=f"postpatch {__version__}",
    )


def named_host(one: ListedHost) -> str:
    """Return a host with its account and Region; these alone where all of their hosts are meant."""
    return " ".join(filter(None, (one.host, "in account", one.account, one.region)))


def link(row: Row, folder: Path) -> str:
    """Return where a target's report is, relative to `folder`, or nothing where there is none that can be relied on.

    A pack that was fetched for the command alone has a name, and is gone afterwards.
    """
    if row.pack is None or name_of(row.pack.folder) or not (row.pack.folder / REPORT).is_file():
        return ""
    return quote(Path(os.path.relpath(row.pack.folder / REPORT, folder.resolve())).as_posix())


def _target(row: Row, folder: Path) -> dict[str, Any]:
    verdict = row.pack.verdict if row.pack else None
    return {
        "name": row.name,
        "account": row.account or None,
        "region": row.region or None,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "errors": list(row.errors),
        "report": link(row, folder) or None,
        "run": verdict["run"] if verdict else None,
        "manifest_sha256": row.pack.sha256 if row.pack else None,
        "hosts": len(verdict["hosts"]) if verdict else None,
        "checks": {name: {"outcome": one.outcome.value, "ids": list(one.checks)} for name, one in row.families.items()},
    }


def _worst_first(fleet: Fleet) -> list[Row]:
    return sorted(fleet.rows, key=lambda row: (_WORST.index(row.verdict), row.name))


def _figures(fleet: Fleet) -> list[tuple[str, str]]:
    verdicts = [row.pack.verdict for row in fleet.rows if row.pack and row.pack.verdict]
    accounts = {row.account for row in fleet.rows if row.account}
    return [
        ("targets", words.number(len(fleet.rows))),
        ("accounts", words.number(len(accounts))),
        ("hosts judged", words.number(sum(len(one["hosts"]) for one in verdicts))),
        ("not passed", words.number(sum(row.verdict is not Verdict.PASS for row in fleet.rows))),
    ]


def _markdown(fleet: Fleet, folder: Path) -> Iterator[str]:
    yield f"## {fleet.verdict}: {escaped(fleet.sentence)}"
    yield ""
    if fleet.stage:
        yield f"**SIMULATED, on {escaped(fleet.stage)}: this proves nothing about any real host.**"
        yield ""
    yield from (f"- {escaped(f'account {one.account} {one.name}: {one.reason}')}" for one in fleet.unlisted)
    yield from (f"- {escaped(f'{named_host(one)}: {one.reason}')}" for one in (fleet.unmanaged or ())[:_MOST_ROWS])
    yield from (f"- Note: {escaped(note)}" for note in fleet.notes)
    yield ""
    rows = [row for row in _worst_first(fleet) if row.verdict is not Verdict.PASS][:_MOST_ROWS]
    if rows:
        yield from table(
            ("target", "verdict", *FAMILIES, "why"),
            (
                (
                    _linked(row, folder),
                    row.verdict.value,
                    *(_cell(row, family) for family in FAMILIES),
                    escaped(words.shortened(row.reason, 300)),
                )
                for row in rows
            ),
        )
        yield ""
    if fleet.concerns.causes:
        yield from table(
            ("cause", "hosts", "findings"),
            (
                (
                    escaped(fleet.titles.get(one.name, (one.name, ""))[0]),
                    words.number(one.hosts),
                    words.number(one.findings),
                )
                for one in fleet.concerns.causes
            ),
        )
        yield ""
    yield f"The whole fleet is in `{HTML}`, and each target's report beside it."


def _linked(row: Row, folder: Path) -> str:
    address = link(row, folder)
    return f"[{escaped(row.name)}](<{address}>)" if address else escaped(row.name)


def _cell(row: Row, family: str) -> str:
    found = row.families.get(family)
    if found is None:
        return ""
    ids = "" if found.outcome is Outcome.NOT_ASSESSED else " ".join(found.checks)
    return f"{found.outcome.value} {ids}".strip()
