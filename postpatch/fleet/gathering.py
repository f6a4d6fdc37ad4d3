"""Gather the packs of a fleet: what each target came to, what all of them came to, and what could not be judged."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from postpatch.errors import BadEvidence, BadOptions
from postpatch.evidence.pack import EVIDENCE, MANIFEST, RUNS
from postpatch.fleet.concerns import Concerns
from postpatch.fleet.engine import Engine
from postpatch.fleet.expected import EXPECTED, Expected, read_expected
from postpatch.fleet.folder import OF_TARGETS, FleetFolder
from postpatch.fleet.nodes import ListedHost
from postpatch.fleet.on_duckdb import OnDuckDB
from postpatch.fleet.pack import Family, ReadPack, read_pack
from postpatch.fleet.targets import Listed
from postpatch.run.archiving import PREVIOUS
from postpatch.text.places import with_names
from postpatch.verdict import rules
from postpatch.verdict.facts import count
from postpatch.verdict.run import Verdict

# Folders of one pack in which older packs are, and of a fleet in which none is.
_NOT_ENTERED = frozenset({RUNS, PREVIOUS, EVIDENCE, OF_TARGETS})
_DEEPEST = 4
_MOST_PACKAGES = 50
_WORST = (Verdict.FAIL, Verdict.ERROR, Verdict.PARTIAL, Verdict.PASS)


@dataclass(frozen=True)
class Row:
    """One target: its verdict, why it could not be judged (`errors`), and its pack, if that is as it was published."""

    name: str
    account: str
    region: str
    verdict: Verdict
    errors: tuple[str, ...] = ()
    pack: ReadPack | None = None

    @property
    def families(self) -> Mapping[str, Family]:
        """Return the families of its checks, none if it was not judged."""
        return self.pack.families if self.pack else {}

    @property
    def reason(self) -> str:
        """Return the verdict in a sentence, or why there is none."""
        said = str(self.pack.verdict["sentence"]) if self.pack and self.pack.verdict else ""
        return "; ".join(self.errors) or said


@dataclass(frozen=True)
class Fleet:
    """A fleet as it was gathered. `complete`: it is known what must be there. `stage`: what replaced AWS.

    `unmanaged` are hosts that Systems Manager does not manage: None where it was not asked.
    """

    rows: tuple[Row, ...]
    concerns: Concerns
    left_out: tuple[Listed, ...]
    unlisted: tuple[Listed, ...]
    notes: tuple[str, ...]
    complete: bool
    stage: str
    titles: Mapping[str, tuple[str, str]]
    unmanaged: tuple[ListedHost, ...] | None = None
    hosts_left_out: tuple[ListedHost, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict, as in one run: a failure outranks an error, and an error what was left out."""
        beside = self.unlisted or self.unmanaged or not self.rows
        found = {row.verdict for row in self.rows} | ({Verdict.ERROR} if beside else set())
        return next(verdict for verdict in _WORST if verdict in found)

    @property
    def sentence(self) -> str:
        """Return the verdict in one sentence."""
        number = {verdict: sum(row.verdict is verdict for row in self.rows) for verdict in Verdict}
        parts = [
            f"{number[Verdict.PASS]} of {count(len(self.rows), 'target')} passed",
            f"{number[Verdict.FAIL]} failed" if number[Verdict.FAIL] else "",
            f"{number[Verdict.ERROR]} could not be judged" if number[Verdict.ERROR] else "",
            f"{number[Verdict.PARTIAL]} left checks out" if number[Verdict.PARTIAL] else "",
            f"{count(len(self.unlisted), 'account')} of the organization not in the fleet's file"
            if self.unlisted
            else "",
            *self._about_nodes(),
        ]
        return f"{', '.join(filter(None, parts))}."

    def _about_nodes(self) -> Iterator[str]:
        hosts = [one for one in self.unmanaged or () if one.host]
        if hosts:
            yield f"{count(len(hosts), 'host')} not managed by Systems Manager"
        if unknown := len(self.unmanaged or ()) - len(hosts):
            yield f"{count(unknown, 'target')} of which Systems Manager lists no node"


def gather(
    folders: Sequence[Path], only: Sequence[str] = (), engine: Engine | None = None, *, derive: bool = False
) -> Fleet:
    """Check and read every pack below `folders`; BadOptions if one of them is no folder.

    Where a folder holds `targets.json`, each target in it must have a pack that was made since, and is an error if not.
    `only` names the targets that count. `engine` computes over the packs, DuckDB if none is given. `derive`: a pack is
    an error if its `delta.csv` is not what its two snapshots give.
    """
    engine = engine or OnDuckDB()
    if absent := [folder for folder in folders if not folder.is_dir()]:
        raise BadOptions("\n".join(f"there is no folder {folder}" for folder in absent))
    fleets = [*_fleets(folders)]
    expected = [_read(fleet) for fleet in fleets]
    notes = [] if expected else [f"no folder holds {EXPECTED}: it is not known whether a target is missing"]
    packs: dict[str, list[ReadPack]] = {}
    for path in _packs(folders):
        packs.setdefault(path.name, []).append(read_pack(path))
    rows, since = [], _since(expected)
    for name, (account, region) in sorted(_targets(expected).items()):
        if only and name not in only:
            packs.pop(name, [])
            continue
        rows.append(_expected_row(name, account, region, packs.pop(name, []), since[name], fleets))
    for name, found in sorted(packs.items()):
        if expected:
            notes.append(f"{name}: is no target of this fleet's run, so its pack does not count")
        else:
            rows += [_row(one.name, one) for one in found]
    rows, stage = _refused_rehearsals(rows, expected)
    if derive:
        rows, not_derived = _derived_again(rows, engine)
        notes += not_derived
    whole = [row.pack for row in rows if row.pack]
    return Fleet(
        rows=tuple(rows),
        concerns=engine.concerns([pack.folder for pack in whole], _MOST_PACKAGES),
        left_out=_each(one for each in expected for one in each.left_out),
        unlisted=_each(one for each in expected for one in each.unlisted),
        notes=tuple(notes),
        complete=bool(expected),
        stage=stage,
        titles=_titles(whole),
        unmanaged=_unmanaged(expected),
        hosts_left_out=_hosts(one for each in expected for one in each.hosts_left_out),
    )


def _fleets(folders: Sequence[Path]) -> Iterator[FleetFolder]:
    for folder in folders:
        for root, names, files in os.walk(folder):
            depth = len(Path(root).relative_to(folder).parts)
            names[:] = sorted(set(names) - _NOT_ENTERED) if depth < _DEEPEST else []
            if EXPECTED in files:
                yield FleetFolder(Path(root))


def _read(fleet: FleetFolder) -> Expected:
    try:
        return read_expected(fleet.root)
    except BadEvidence as error:
        raise BadOptions(str(error)) from error


def _packs(folders: Sequence[Path]) -> Iterator[Path]:
    seen = set()
    for folder in folders:
        for root, names, files in os.walk(folder):
            path = Path(root)
            depth = len(path.relative_to(folder).parts)
            names[:] = sorted(set(names) - _NOT_ENTERED) if depth < _DEEPEST and MANIFEST not in files else []
            if MANIFEST in files and path.resolve() not in seen:
                seen.add(path.resolve())
                yield path.resolve()


def _targets(expected: Sequence[Expected]) -> dict[str, tuple[str, str]]:
    return {one.name: (one.account, one.region) for each in expected for one in each.targets}


def _since(expected: Sequence[Expected]) -> dict[str, datetime]:
    since: dict[str, datetime] = {}
    for each in expected:
        for one in each.targets:
            since[one.name] = max(each.began_at, since.get(one.name, each.began_at))
    return since


def _expected_row(
    name: str, account: str, region: str, packs: Sequence[ReadPack], since: datetime, fleets: Sequence[FleetFolder]
) -> Row:
    if not packs:
        said = " / ".join(filter(None, (fleet.complaint(name) for fleet in fleets)))
        why = f"could not be run: {said}" if said else "there is no pack: it was not run"
        return Row(name, account, region, Verdict.ERROR, (why,))
    if len(packs) > 1:
        where = with_names(" and ".join(str(pack.folder) for pack in packs))
        return Row(name, account, region, Verdict.ERROR, (f"two packs have its name: {where}",))
    row = _row(name, packs[0])
    if row.errors:
        return Row(name, account, region, Verdict.ERROR, row.errors)
    wrong = []
    if (row.account, row.region) != (account, region):
        wrong.append(f"the pack in its place is of account {row.account}, region {row.region}")
    if row.pack and row.pack.started_at and row.pack.started_at < since:
        wrong.append(f"its pack is of an earlier run, begun {row.pack.started_at:%Y-%m-%d %H:%M:%S} UTC")
        wrong += [f"this run said: {said}" for fleet in fleets if (said := fleet.complaint(name))]
    return Row(name, account, region, Verdict.ERROR, tuple(wrong)) if wrong else row


def _row(name: str, pack: ReadPack) -> Row:
    if pack.problems or pack.verdict is None:
        not_published = "this is not the pack as it was published"
        return Row(name, "", "", Verdict.ERROR, (not_published, *pack.problems))
    return Row(name, pack.account, pack.region, Verdict(pack.verdict["verdict"]), (), pack)


def _refused_rehearsals(rows: list[Row], expected: Sequence[Expected]) -> tuple[list[Row], str]:
    """Return the rows, with an error for each rehearsal among runs on AWS, and what replaced AWS if all are one."""
    stages = {row.name: row.pack.manifest.stage for row in rows if row.pack and row.pack.manifest}
    on_aws = any(not each.stage for each in expected) or (not expected and "" in stages.values())
    if not on_aws:
        return rows, ", ".join(sorted({stage for stage in stages.values() if stage} | {one.stage for one in expected}))
    refused = "it is a rehearsal, SIMULATED on {stage}: it proves nothing about this fleet"
    return [
        Row(row.name, row.account, row.region, Verdict.ERROR, (refused.format(stage=stages[row.name]),))
        if stages.get(row.name)
        else row
        for row in rows
    ], ""


def _derived_again(rows: list[Row], engine: Engine) -> tuple[list[Row], list[str]]:
    """Return the rows, with an error for each delta that is not its snapshots', and notes of those of other rules."""
    by_rules = {row.name: row.pack.verdict.get("rules", rules.FIRST) for row in rows if row.pack and row.pack.verdict}
    alike = [row.pack.folder for row in rows if row.pack and by_rules[row.name] == rules.current()]
    found = engine.differences(alike)
    notes = [
        f"{name}: its delta was not derived again: it is by rules version {version}, this is version {rules.current()}"
        for name, version in by_rules.items()
        if version != rules.current()
    ]
    differ = "delta.csv is not what the pack's two snapshots give: {} differ{}"
    return [
        Row(
            row.name, row.account, row.region, Verdict.ERROR,
            (differ.format(count(number, "row"), "s" if number == 1 else ""),),
        )
        if row.pack and (number := found.get(row.pack.folder))
        else row
        for row in rows
    ], notes  # fmt: skip


def _titles(packs: Sequence[ReadPack]) -> dict[str, tuple[str, str]]:
    """Return title and next step of each cause, as the packs word them."""
    groups = (group for pack in packs if pack.verdict for group in pack.verdict["remaining"])
    return {str(group["cause"]): (str(group["title"]), str(group["next_step"])) for group in groups}


def _unmanaged(expected: Sequence[Expected]) -> tuple[ListedHost, ...] | None:
    asked = [each.unmanaged for each in expected if each.unmanaged is not None]
    return _hosts(one for hosts in asked for one in hosts) if asked else None


def _hosts(listed: Iterator[ListedHost]) -> tuple[ListedHost, ...]:
    return tuple(sorted(set(listed), key=lambda one: (one.account, one.region, one.host)))


def _each(listed: Iterator[Listed]) -> tuple[Listed, ...]:
    return tuple(sorted(set(listed), key=lambda one: one.account))
