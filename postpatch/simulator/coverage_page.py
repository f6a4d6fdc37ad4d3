"""`python -m postpatch.simulator.coverage_page`: write docs/simulator.md, what is simulated and what is not."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from . import Deployment, Simulator, worlds
from .facts import folders
from .facts.reading import read_facts
from .inspector2.cis_benchmark import CHECKS
from .inspector_classic.refused import NOT_SIMULATED
from .simulator import A_CALL_TAKES, A_POLL_TAKES, LAUNCHED_BEFORE, MORNING
from .ssm.documents import DOCUMENTS
from .wire.front import MAX_BODY, Operations, Ours
from .wire.models import service_model
from .wire.moto_behind import answered_by_moto

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
SERVICES = {
    "elasticbeanstalk": "AWS Elastic Beanstalk",
    "imagebuilder": "EC2 Image Builder",
    "inspector": "Amazon Inspector Classic",
    "inspector2": "Amazon Inspector",
    "ssm": "AWS Systems Manager",
    "ssm-quicksetup": "AWS Systems Manager Quick Setup",
}
# The page does not depend on it.
_ANY_DAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def page() -> str:
    """Write the page again, from the code."""
    simulator = Simulator(worlds()["workshop"], _ANY_DAY)
    ours = next(step for step in simulator.front.steps if isinstance(step, Ours)).services
    tables = [line for service in SERVICES for line in (*_section(service, ours[service]), "")]
    return "\n".join([*_introduction(), *tables]).rstrip() + "\n"


def _introduction() -> Iterator[str]:
    yield "# What the simulated AWS does, and what it does not"
    yield ""
    yield "<!-- Written by `python -m postpatch.simulator.coverage_page`. Change that, not this. -->"
    yield ""
    yield "The tests and `pytest -m verify --world NAME` run against an embedded AWS."
    yield "`python -m postpatch.simulator --world NAME` serves the same one over HTTP, on loopback."
    yield "Hosts, Inspector and Systems Manager are ours; everything else is [moto](https://docs.getmoto.org)'s."
    yield "A green run against it shows that the suite works. It proves nothing about any real host."
    yield ""
    yield "## What it does not do"
    yield ""
    for first, *more in _limits():
        yield f"- {first}"
        yield from (f"  {sentence}" for sentence in more)
    yield ""
    yield "## Every operation"
    yield ""
    yield "All operations of botocore's models, each in one row."
    yield "What we answer is checked against the model on its way in and on its way out."
    yield "What nobody implements is refused with the error `NotImplemented` and the HTTP status 501,"
    yield "which an SDK raises as a `ClientError` and does not repeat."
    yield ""


def _limits() -> Iterator[tuple[str, ...]]:
    yield (
        "**Time** is simulated, and moves when somebody calls:",
        f"{A_POLL_TAKES.seconds} seconds for a look at what is going on, {A_CALL_TAKES.seconds} for any other call.",
        f"The hosts are launched {LAUNCHED_BEFORE.seconds // 3600} hours before the baseline,",
        f"and the patch round ends at {MORNING} o'clock UTC the next morning.",
        "Served over HTTP, it runs ahead of the real clock and never behind it; answers are dated with it.",
    )
    yield (
        "**Signatures and credentials** are not checked, and whoever signs may do everything,",
        "unless a world or a test restricts the caller to an identity policy (`Simulator.restrict`).",
        "Such a policy has actions, resources and denials;",
        "conditions on tags are evaluated.",
        "Other conditions, and resources that a request does not tell, are refused instead of being guessed.",
        "What CloudFormation does for its caller is not checked.",
        "What nobody signed is refused.",
        "Over HTTP, so is what a page in a browser may send: any Origin,",
        "and a Host that is neither an address nor localhost.",
    )
    yield (
        "**Nothing goes wrong by itself**: there is no throttling, and no delay until a change is seen everywhere.",
        "A world or a test has calls go wrong on the wire (`Simulator.inject`):",
        "refused, throttled, failed inside AWS, lost on the way, cut in half, or paged without an end.",
    )
    yield (
        f"**One account and one Region**, {Deployment().account} in {Deployment().region} unless a deployment names",
        "others; no organization.",
        "In any other Region the services below are empty, and Inspector is switched off until somebody enables it;",
        "what is launched there is scanned by nobody, and managed by nobody.",
        "Served with several accounts or Regions, it is an organization: there Inspector also has a delegated administrator",
        "with members, whose suppression rules are not applied to theirs, and `--console` sets up Systems Manager's unified",
        "console, without which `ListNodes` is refused.",
    )
    yield (
        "**Hosts run nothing.**",
        "A host is a list of packages, the settings that the CIS checks and the Security Best Practices look at,",
        "a running kernel, and an agent that answers or does not.",
        "Agents are neither installed nor updated.",
    )
    yield (
        "**Packages and advisories** are a selection of real ones, each with its source in `facts/`:",
        *_systems(),
        "EPSS scores are placeholders, and the summaries are our words;",
        "CVEs of Windows that have no score here have HIGH in place of Microsoft's rating.",
    )
    yield (
        "**Windows findings** are of updates, as since March 2026, or of CVEs, if a world says so.",
        "They have no `vulnerablePackages`: what those hold for Windows was not seen anywhere.",
        "An update that waits for a reboot counts as installed: AWS does not document what Inspector reports then.",
    )
    yield (
        "**Patches of Ubuntu** have neither an architecture in their KBId nor a severity,",
        "and a kernel that comes as a package of another name is listed under that name.",
        "What only Ubuntu Pro offers is installed on hosts that are attached to it alone.",
    )
    yield (
        "**Engines**: the SSM inventory is captured when its association is started, the VM Scanner runs on its timer",
        "of 3 hours, agentless scans come once a day. A host's mode is the engine that scans it now.",
        "In which folders the VM Scanner looks is not published; here they are deep inspection's, unless a world says",
        "less.",
    )
    yield (
        "**Findings** are of packages and of ports that the internet reaches.",
        "There are no code scans, no container images, no Lambda functions,",
        "and of other package managers only what a world installs.",
        "Switching the scans of EC2 off deletes their findings and Inspector's associations.",
        "A findings report is written to S3 after a minute, under its id; AWS documents neither that, nor its JSON.",
        "Whether the policies of bucket and key let Inspector write is not checked.",
    )
    yield (
        f"**CIS scans** know {len(CHECKS)} checks, a selection of the benchmark for Amazon Linux 2023,",
        "by which the other Linux systems are judged too, and three checks of those for Windows Server.",
        "Their ids follow CIS's current numbering; match a check by its title.",
    )
    yield (
        f"**Run Command** runs {', '.join(f'`{name}`' for name in DOCUMENTS)}, and no other document that patches.",
        "Of scripts it runs those alone that start the VM Scanner.",
        "Hooks take their time and do nothing. Overrides are read from S3; nothing is written to S3 or CloudWatch.",
        "What AWS-RunPatchBaselineAssociation finds is recorded for its association, which no operation here shows.",
    )
    yield (
        "**Maintenance windows run** as the simulated time passes, and their history is kept for ever.",
        "Their tasks send the documents that patch; any other task ends well after some seconds and changes nothing.",
        "A task whose role, or whose document's account or Region, is not there fails, one whose alarm is in ALARM is",
        "CANCELLED: AWS documents neither word.",
    )
    yield (
        "**State Manager** runs the documents that patch, on schedule and when started; others end well.",
        "Inspector's own associations run when started, or when a host is launched.",
        "Its runs are not in the command history, and hosts that MaxErrors spared are not listed:",
        "AWS documents neither.",
    )
    yield (
        "**Quick Setup** knows patch policies, and deploys one at once: bucket, baseline override and associations.",
    )
    yield ("**macOS and other Linux systems** have patch baselines, but no hosts and no patches.",)
    yield (
        "**Stacks** may hold node groups of EKS, EC2 and Spot fleets, environments of Elastic Beanstalk and AWS Batch,",
        "and EMR clusters, with the instances that they own; these carry the service's tags and not the stack's.",
        "None of them scales by itself.",
    )
    yield ("**Inspector Classic** makes no reports, sends no events and measures no telemetry.",)
    yield (
        "**moto** knows nothing of what we answer: its Resource Groups Tagging API lists none of it.",
        "In its EC2 a terminated instance keeps its address, so that a small subnet fills up.",
    )
    yield (
        f"**Over HTTP**, a body may have {MAX_BODY // 1024 // 1024} MB, one request is answered at a time,",
        "and whoever reaches the port may use it.",
    )


def _section(service: str, ours: Operations) -> Iterator[str]:
    names = set(service_model(service).operation_names)
    refused = names & set(NOT_SIMULATED) if service == "inspector" else set()
    own = names & set(ours) - refused
    theirs = answered_by_moto(service) - own
    yield f"### `{service}`: {SERVICES[service]}"
    yield ""
    yield f"{len(own)} operations are ours, {len(theirs)} moto's, {len(names - own - theirs)} are refused."
    yield ""
    yield "| operation | answered by | what it does here |"
    yield "|---|---|---|"
    for name in sorted(own):
        yield f"| `{name}` | ours | {_promise(ours, name)} |"
    for name in sorted(theirs):
        yield f"| `{name}` | moto | |"
    for name in sorted(names - own - theirs):
        yield f"| `{name}` | nobody | refused: `NotImplemented` |"


def _promise(ours: Operations, name: str) -> str:
    """Take what a handler promises from its docstring."""
    written = (ours[name].__doc__ or "").strip().partition("\n")[0]
    return written.removesuffix(".").replace("|", "\\|")


def _systems() -> Iterator[str]:
    for folder, system in folders().items():
        facts = read_facts(folder)
        advisories = {advisory.id for known in facts.advisories_for.values() for advisory in known}
        has = f"{len(facts.packages)} packages, {len(advisories)} advisories"
        yield f"{system.platform} ({f'{len(facts.updates)} updates' if system.kind == 'Windows' else has});"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is renewed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
