"""`fleet baseline`, `fleet verify` and `fleet targets`: run every account and Region of a fleet."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postpatch.commands.checks import pytest_command, pytest_environment
from postpatch.commands.gather import gathered
from postpatch.errors import COULD_NOT_CHECK, BadEvidence, BadOptions, BadPolicy, CouldNotCheck, did_you_mean
from postpatch.run.options import joined
from postpatch.text.addresses import is_plain
from postpatch.text.legible import legible_lines

if TYPE_CHECKING:
    from postpatch.aws.session import Connection
    from postpatch.fleet.expected import Expected
    from postpatch.fleet.file import FleetPolicy
    from postpatch.fleet.folder import FleetFolder
    from postpatch.fleet.nodes import Unmanaged
    from postpatch.fleet.running import Job, Orders
    from postpatch.fleet.targets import Target, Targets

OK = 0
STOPPED = 2
USAGE = 4
# What the fleet says itself to each of its runs.
_OWN = (
    "--policy", "--reports", "--aws", "--endpoint-url", "--roles", "--resume", "--plan", "--evidence", "--findings",
    "-m",
)  # fmt: skip
_WORLD = "workshop"  # what a rehearsal plays where no option names another world


def add_to(commands: Any) -> None:
    """Declare the commands to argparse."""
    parser = commands.add_parser("fleet", help="run every account and Region of a fleet.toml, each by itself")
    ways = parser.add_subparsers(required=True, metavar="COMMAND")
    words = {
        "baseline": "save the findings of each target before patching",
        "verify": "judge each target after patching, and gather what they come to",
        "targets": "print the names of the targets as JSON, and write them down for gather",
    }
    for phase, purpose in words.items():
        way = ways.add_parser(phase, help=purpose)
        _add_options(way)
        if phase != "targets":
            _add_running(way)
        way.set_defaults(command=_fleet, phase=phase)


def _add_options(way: Any) -> None:
    way.add_argument("--fleet", type=Path, default=Path("fleet.toml"), metavar="FILE", help="(fleet.toml)")
    way.add_argument("--packs", type=Path, default=Path("fleet"), metavar="DIR", help="where the packs go (fleet)")
    way.add_argument("--aws", choices=["live", "simulated"], default="", help="what is judged (default: simulated)")
    way.add_argument("--endpoint-url", default="", metavar="URL", help="live: another endpoint than AWS")


def _add_running(way: Any) -> None:
    way.add_argument(
        "--resume", action="store_true", help="run what the last command left: not run, stopped, or in error"
    )
    way.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="run this target alone; may be repeated"
    )
    way.add_argument("--at-once", type=int, metavar="N", help="how many runs at once (default: the fleet's file)")
    way.add_argument("options", nargs="*", metavar="-- OPTION", help="after --: options for every run, as of pytest")


def _fleet(options: argparse.Namespace) -> int:
    """Run the command; 0, 1 and 10 as for one run, 2 if it was stopped, 4 for a file or option that cannot be used."""
    try:
        return _run(options)
    except (BadPolicy, BadOptions, BadEvidence) as error:
        return _refuse(str(error), USAGE)
    except CouldNotCheck as error:
        return _refuse(str(error), COULD_NOT_CHECK)
    except KeyboardInterrupt:
        return _refuse("Stopped, with every run. Continue with the same command and --resume.", STOPPED)


def _run(options: argparse.Namespace) -> int:
    from postpatch.fleet.file import load_fleet
    from postpatch.fleet.targets import texts_of

    fleet = load_fleet(options.fleet)
    texts = texts_of(fleet, options.fleet.parent)
    mode = _mode(options, fleet)
    _refuse_foreign(getattr(options, "options", []))
    targets = _targets(options, fleet, texts)
    if options.phase == "targets":
        return _write_down(options, fleet, targets, mode)
    return _run_targets(options, fleet, targets, mode)


def _write_down(options: argparse.Namespace, fleet: "FleetPolicy", targets: "Targets", mode: str) -> int:
    from postpatch.fleet.expected import VERIFY, expected_of, keep_expected

    unmanaged = _unmanaged(options, fleet, targets)
    keep_expected(options.packs, expected_of(targets, VERIFY, datetime.now(UTC), _stage(options, mode), unmanaged))
    sys.stdout.write(json.dumps([target.name for target in targets.targets]) + "\n")
    return OK


def _run_targets(options: argparse.Namespace, fleet: "FleetPolicy", targets: "Targets", mode: str) -> int:
    from filelock import FileLock, Timeout

    from postpatch.fleet.expected import BASELINE
    from postpatch.fleet.folder import OF_TARGETS
    from postpatch.fleet.running import Findings, Orders, absolute, raise_on_terminate

    folder = absolute(options.packs)
    chosen = _chosen(options.only, targets.targets)
    connect = None if options.phase == BASELINE else _administrator(options, fleet, chosen)
    (folder.root / OF_TARGETS).mkdir(parents=True, exist_ok=True)
    try:
        with raise_on_terminate(), FileLock(folder.root / OF_TARGETS / ".lock", timeout=0):
            orders = Orders(
                phase=options.phase,
                began_at=_begin(options, fleet, folder, targets, mode),
                region=fleet.fleet.region,
                at_once=options.at_once or fleet.fleet.at_once,
                live=mode == "live",
                resume=options.resume,
                options=(*_told(options, mode), *options.options),
                findings=Findings.TO_BE_READ if connect else Findings.OWN,
            )
            jobs = _run_each(folder, orders, chosen, connect)
    except Timeout as error:
        raise BadOptions(
            f"Wait for the fleet command that runs in {options.packs}, or name another --packs."
        ) from error
    if options.phase == BASELINE:
        return _baselines(jobs, folder)
    return gathered([options.packs], None if options.only else options.packs, options.only)


def _run_each(
    folder: "FleetFolder",
    orders: "Orders",
    targets: "Sequence[Target]",
    connect: "Callable[[str], Connection] | None",
) -> "list[Job]":
    """Run the targets; with `connect` until they are scanned, and to their end when the findings of all are read."""
    from postpatch.fleet.running import Findings, Runner
    from postpatch.fleet.table import Table

    environment = pytest_environment()
    jobs = Runner(folder, orders, pytest_command, environment, Table(folder).show).run(targets)
    if connect is None:
        return jobs
    from postpatch.fleet.delegated import read_regions

    scanned = [job.target for job in jobs if job.scanned]
    read_regions(scanned, connect, folder.findings, _say)
    orders = replace(orders, resume=True, findings=Findings.READ)
    return Runner(folder, orders, pytest_command, environment, Table(folder).show).run(scanned)


def _administrator(
    options: argparse.Namespace, fleet: "FleetPolicy", targets: "Sequence[Target]"
) -> "Callable[[str], Connection] | None":
    """Return what connects to a Region as Inspector's delegated administrator; None where each run reads for itself."""
    if fleet.delegated is None:
        return None
    from postpatch.aws.session import AT_ONCE
    from postpatch.fleet.connecting import connected
    from postpatch.fleet.delegated import require_administrators

    roles, endpoint_url, sts = fleet.delegated.roles, options.endpoint_url, fleet.fleet.region
    connect = partial(connected, roles=roles, endpoint_url=endpoint_url, sts=sts, at_once=AT_ONCE)
    require_administrators((target.region for target in targets), connect)
    return connect


def _begin(
    options: argparse.Namespace, fleet: "FleetPolicy", folder: "FleetFolder", targets: "Targets", mode: str
) -> datetime:
    """Write down what is expected, and return when the fleet's run began: with --resume, the one that is resumed."""
    from postpatch.fleet.expected import BASELINE, EXPECTED, expected_of, keep_expected, read_expected

    began_at = datetime.now(UTC)
    stage = _stage(options, mode)
    if options.resume:
        if not (folder.root / EXPECTED).exists():
            raise BadOptions(f"Run it without --resume: no run of a fleet was begun in {options.packs}.")
        earlier: Expected = read_expected(folder.root)
        if earlier.phase != options.phase or earlier.stage != stage:
            raise BadOptions(
                f"Run it without --resume: {options.packs} holds a {earlier.phase} of "
                f"{earlier.stage or 'AWS'}, and this is a {options.phase} of {stage or 'AWS'}."
            )
        began_at = earlier.began_at
    if options.only and (folder.root / EXPECTED).exists():
        return began_at  # a part of a fleet that was written down before
    unmanaged = None if options.phase == BASELINE else _unmanaged(options, fleet, targets)
    keep_expected(folder.root, expected_of(targets, options.phase, began_at, stage, unmanaged))
    return began_at


def _chosen(names: list[str], targets: "tuple[Target, ...]") -> "list[Target]":
    by_name = {target.name: target for target in targets}
    if unknown := [name for name in names if name not in by_name]:
        raise BadOptions("\n".join(f"there is no target {name}.{did_you_mean(name, by_name)}" for name in unknown))
    return [by_name[name] for name in names] or list(targets)


def _baselines(jobs: "list[Job]", folder: "FleetFolder") -> int:
    bad = [job for job in jobs if job.exit_code]
    for job in bad:
        _say(f"{job.target.name}: no baseline: {folder.complaint(job.target.name)}")
    _say(f"baselines: {len(jobs) - len(bad)} of {len(jobs)} targets")
    return COULD_NOT_CHECK if bad else OK


def _targets(options: argparse.Namespace, fleet: "FleetPolicy", texts: dict[str, str]) -> "Targets":
    from postpatch.fleet.targets import targets_of

    if not fleet.asks_aws:
        return targets_of(fleet, texts, None)
    from postpatch.fleet.connecting import connected

    return targets_of(fleet, texts, connected(fleet.fleet.region, fleet.fleet.roles, options.endpoint_url))


def _unmanaged(options: argparse.Namespace, fleet: "FleetPolicy", targets: "Targets") -> "Unmanaged | None":
    """Return the hosts that are not managed, before anything is judged; None where the file does not ask for them."""
    if fleet.nodes is None:
        return None
    from postpatch.fleet.connecting import connected
    from postpatch.fleet.nodes import unmanaged_of

    connection = connected(fleet.nodes.region, fleet.nodes.roles, options.endpoint_url, sts=fleet.fleet.region)
    return unmanaged_of(fleet.nodes, targets.targets, connection)


def _mode(options: argparse.Namespace, fleet: "FleetPolicy") -> str:
    mode = options.aws or "simulated"
    problems = []
    if not options.aws and os.environ.get("CI", "").lower() in ("true", "1"):
        problems.append("CI is set and nothing says what to judge: name --aws live or --aws simulated")
    if mode == "simulated" and options.endpoint_url:
        problems.append("--endpoint-url names where AWS answers: it goes with --aws live alone")
    if options.endpoint_url and not is_plain(options.endpoint_url):
        problems.append("--endpoint-url must be http(s)://HOST:PORT: what else is in it would be in the report")
    if mode == "simulated" and fleet.asks_aws:
        problems.append("a rehearsal has no organization and no stack set to ask: name --aws live, or list accounts")
    if mode == "simulated" and fleet.nodes:
        problems.append("a rehearsal has no nodes of other accounts to list: name --aws live, or leave out [nodes]")
    if mode == "simulated" and fleet.delegated:
        problems.append("a rehearsal has no delegated administrator: name --aws live, or leave out [delegated]")
    if fleet.delegated and "--read-only" in getattr(options, "options", []):
        problems.append("[delegated] has findings read after scans that the runs start: leave it out with --read-only")
    if getattr(options, "at_once", None) is not None and options.at_once < 1:
        problems.append(f"--at-once is {options.at_once}, must be 1 or more")
    if problems:
        raise BadOptions("\n".join(problems))
    return mode


def _refuse_foreign(words: list[str]) -> None:
    if foreign := [word for word in words if word.partition("=")[0] in _OWN]:
        raise BadOptions(f"leave out {', '.join(foreign)} after --: the fleet says that to each of its runs")


def _told(options: argparse.Namespace, mode: str) -> list[str]:
    return [f"--aws={mode}", *([f"--endpoint-url={options.endpoint_url}"] if options.endpoint_url else [])]


def _stage(options: argparse.Namespace, mode: str) -> str:
    if mode == "live":
        return str(options.endpoint_url)
    words = joined(getattr(options, "options", []))
    named = [word.partition("=")[2] for word in words if word.startswith("--world=")]
    return f"world {named[-1] if named else _WORLD}"


def _refuse(reason: str, code: int) -> int:
    sys.stderr.write(f"{legible_lines(reason)}\n")
    return code


def _say(line: str) -> None:
    sys.stdout.write(f"{legible_lines(line)}\n")
