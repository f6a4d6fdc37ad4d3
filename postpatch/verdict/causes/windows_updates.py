"""Updates of Windows: which cumulative update holds which, by the builds that they bring.

A cumulative update holds every earlier one of its system. Each brings a build, `10.0.20348.2762`, whose last number
grows with every update; MSRC calls it FixedBuild. Patch Manager lists an update that a later one replaces as
NotApplicable, and says nothing of the later one (Systems Manager user guide, "Patch compliance state values"); so the
rows of the later ones decide. An update that the table does not know replaces nothing and is replaced by nothing.

A site may have the update build revision of its hosts inventoried, the last number of the build that runs. A hotpatch
brings one of its own, below that of the cumulative update with the same fixes: so one that the table does not know
says nothing of what is lacking.
"""

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path

from postpatch.model import Finding, Package, PatchBaseline
from postpatch.verdict.causes.approval import rule_in_words
from postpatch.verdict.causes.kinds import Proof
from postpatch.verdict.causes.names import is_windows
from postpatch.verdict.causes.story import HostStory

_TABLE = Path(__file__).with_name("windows_builds.json")
_BUILD = re.compile(r"10\.0\.(\d+)")
_SERVER = re.compile(r"windows server (\d{4})(?!\d)( r2)?", re.IGNORECASE)
# Waiting for a reboot, rejected or failed is another state; in these two the update is there.
_IN_EFFECT = ("installed", "installedother")


def build_of(update: str) -> str:
    """Return the build that an update brings, as `20348.2762`; an empty text for one that the table does not know."""
    build, revision = _builds().get(update, ("", 0))
    return f"{build}.{revision}" if build else ""


def holds(later: str, earlier: str) -> bool:
    """Return whether a cumulative update holds an earlier one of the same system."""
    known = _builds()
    if later not in known or earlier not in known:
        return False
    (build, revision), (of_earlier, before) = known[later], known[earlier]
    return build == of_earlier and revision > before


def deciding(finding: Finding, story: HostStory) -> tuple[str, ...]:
    """Return the updates whose rows decide why a finding about a Windows update remains.

    It is the finding's own, unless its row says NotApplicable, or there is none: then those that hold it and are
    listed. If one of these is in effect, or the host's revision reaches its own, no other explains anything.
    """
    own = finding.vulnerability
    states = {row.state for row in story.patches.get(own, ())}
    if not is_windows(story.platform) or states - {"notapplicable"}:
        return (own,)
    later = [kb for kb in sorted(story.patches) if holds(kb, own)]
    in_effect = any(row.state in _IN_EFFECT for kb in later for row in story.patches[kb])
    if in_effect or _lacks(own, story) is False:
        return (own,)
    return (own, *later)


def holding_in_words(finding: Finding, story: HostStory) -> Proof:
    """Return the listed updates that hold the finding's own, with their builds and states."""
    own = finding.vulnerability
    later = [kb for kb in sorted(story.patches) if holds(kb, own)]
    rows = ((kb, "; ".join(row.state for row in story.patches[kb])) for kb in later)
    told = [(f"{kb}, build {build_of(kb)}", states) for kb, states in rows if states != "notapplicable"]
    return (("build of " + own, build_of(own)), *told) if told else ()


def not_offered(finding: Finding, _: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove by the host's build that an update is not in effect, which a Scan after the installation does not list.

    A Scan lists as missing, or as available, what the host is offered and lacks; any other state of the update, or of
    one that holds it, says what became of it. The list must be complete.
    """
    own = finding.vulnerability
    rows = [row for kb, listed in story.patches.items() if kb == own or holds(kb, own) for row in listed]
    if not _lacks(own, story) or any(row.state != "notapplicable" for row in rows):
        return None
    if story.state is None or story.state.operation != "Scan" or not story.listed_whole:
        return None
    scanned = f"{story.listed} rows, none that is missing or available for {own}"
    return (*revision_in_words(finding, story), ("ssm:DescribeInstancePatches", scanned))


def revision_in_words(finding: Finding, story: HostStory) -> Proof:
    """Return the build that the host's registry has, when it was captured, and the one that the update brings."""
    if story.revision is None:
        return ()
    host = f"{_host_build(story)}.{story.revision.revision}"
    at = f"{story.revision.captured_at:%Y-%m-%d %H:%M:%S} UTC"
    own = finding.vulnerability
    return (("build in the host's registry", host), ("captured", at), (f"build of {own}", build_of(own) or "not known"))


def _lacks(update: str, story: HostStory) -> bool | None:
    """Return whether the host's revision is below the one that an update brings; None if that is not known."""
    build, revision = _builds().get(update, ("", 0))
    if story.revision is None or not build or build != _host_build(story):
        return None
    if story.revision.revision >= revision:
        return False
    return True if (build, story.revision.revision) in _builds().values() else None


def _host_build(story: HostStory) -> str:
    named = _BUILD.search(story.platform)
    return named[1] if named else ""


def product_not_selected(finding: Finding, story: HostStory) -> Proof | None:
    """Prove that no rule of the patch baseline is for the product that a Windows host runs, nor its list names the KB.

    Products are named as `WindowsServer2022` (Systems Manager API reference, PatchFilter).
    """
    baseline, server = story.baseline, _SERVER.search(story.platform)
    if baseline is None or server is None or finding.vulnerability in baseline.approved:
        return None
    product = f"WindowsServer{server[1]}{(server[2] or '').strip().upper()}"
    if _selects(baseline, product):
        return None
    rules = "; ".join(_products(rule.filters) or rule_in_words(rule) for rule in baseline.rules) or "none"
    return (("BaselineId", baseline.id), ("the host's product", product), ("products of the rules", rules))


def _selects(baseline: PatchBaseline, product: str) -> bool:
    filters = (baseline.filters, *(rule.filters for rule in baseline.rules))
    chosen = [{one for key, values in each if key == "PRODUCT" for one in values} for each in filters]
    of_all, of_rules = chosen[0], chosen[1:]
    return not (of_all and not of_all & {"*", product}) and (
        not of_rules or any(not products or products & {"*", product} for products in of_rules)
    )


def _products(filters: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return "/".join(one for key, values in filters if key == "PRODUCT" for one in values)


@functools.cache
def _builds() -> Mapping[str, tuple[str, int]]:
    table = json.loads(_TABLE.read_text(encoding="utf-8"))["revisions"]
    return {kb: (build, revision) for build, rows in table.items() for kb, revision in rows.items()}
