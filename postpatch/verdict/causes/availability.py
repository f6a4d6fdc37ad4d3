"""When a fix became available, and to whom: released after the patch run, or only to subscribers.

Release dates are the publisher's, which AWS passes on in `ssm:DescribeAvailablePatches`. Without one nothing proves
that a fix is newer than the patch run: that the baseline of the findings names no fix is not enough, since the fix may
have come in between.
"""

import re
from datetime import datetime

from postpatch.model import AvailablePatch, Finding, Package
from postpatch.verdict.causes.kinds import Proof, is_fixed
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.causes.versions import reaches

# How versions from a repository for subscribers are written, by the system's name in Systems Manager. Ubuntu Pro's
# esm-infra and esm-apps add `esm` and a number: `1.1.1f-1ubuntu2.24+esm1`, `7.2.24-0ubuntu0.18.04.17~esm1`.
_SUBSCRIBERS = {"ubuntu": re.compile(r"[+~.]esm\d*(?![a-z])")}


def fixing(finding: Finding, package: Package, story: HostStory) -> list[AvailablePatch]:
    """Return the available patches that fix a package of a finding."""
    arch = package.arch.lower()
    offered = [one for one in story.available.get(package.name, ()) if not arch or one.arch in (arch, "noarch")]
    # Inspector Classic names no version: a patch that fixes the vulnerability is enough, and any later one.
    enough = [one.version for one in offered if finding.vulnerability in one.cves]
    if is_fixed(package):
        enough = [str(package.fixed_in)]
    return [one for one in offered if any(reaches(one.version, version, story.platform) for version in enough)]


def released_at(finding: Finding, package: Package, story: HostStory) -> datetime | None:
    """Return when the first patch that fixes a package was released; None if that is unknown of any of them."""
    dates = [patch.released_at for patch in fixing(finding, package, story)]
    known = [date for date in dates if date is not None]
    return min(known) if known and len(known) == len(dates) else None


def fix_newer(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that every fix of the finding was released after the newest installation on the host had begun."""
    began_at = story.newest.began_at
    released = [(one, released_at(finding, one, story)) for one in packages if is_fixed(one)]
    if began_at is None or not released or not all(date is not None and date > began_at for _, date in released):
        return None
    dates = ((f"ReleaseDate of {one.name} {one.fixed_in}", f"{date:%Y-%m-%d %H:%M} UTC") for one, date in released)
    return (*dates, ("the patch run began", f"{began_at:%Y-%m-%d %H:%M} UTC"))


def fix_since(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> datetime | None:
    """Return since when there is a fix at the earliest, as far as that is known; None if nothing is known.

    Where no release date is known, the fix may be as old as the disclosure of its vulnerability, or Inspector's first
    observation of it.
    """
    released = [released_at(finding, package, story) for package in packages if is_fixed(package)]
    known = [date for date in released if date is not None]
    if known and len(known) == len(released):
        return min(known)
    return min((date for date in (finding.disclosed_at, finding.first_observed_at) if date), default=None)


def needs_subscription(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:  # noqa: ARG001 - every rule has these
    """Prove that each fix comes from a repository for subscribers, and that nothing on the host does.

    Patch Manager's list must be complete: one package from that repository shows that the host is subscribed.
    """
    written = next((form for name, form in _SUBSCRIBERS.items() if story.platform.lower().startswith(name)), None)
    fixable = [package for package in packages if is_fixed(package)]
    if written is None or not fixable or not story.listed_whole:
        return None
    if not all(written.search(str(package.fixed_in)) and lists_older(package, story) for package in fixable):
        return None
    listed = [patch for rows in story.patches.values() for patch in rows]
    if any(written.search(text) for patch in listed for text in (patch.title, patch.version)):
        return None
    fixes = ((f"fixedInVersion of {package.name}", str(package.fixed_in)) for package in fixable)
    return (*fixes, ("ssm:DescribeInstancePatches", f"{story.listed} rows, none from that repository"))


def lists_older(package: Package, story: HostStory) -> bool:
    """Return whether Patch Manager lists a package in a version older than its fix, and in no other."""
    rows = story.rows(package)
    return bool(rows) and all(reaches(one.version, str(package.fixed_in), story.platform) is False for one in rows)
