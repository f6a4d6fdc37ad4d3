"""Facts about real packages: what an image holds, which advisories fix which CVEs in which versions.

One folder beside this file is one operating system; CONTRIBUTING.md says what it holds.
"""

import functools
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..hosts.rpm import Evr
from .systems import System, folders, system_of, systems

__all__ = [
    "Advisory",
    "Facts",
    "ImagePackage",
    "LanguageFact",
    "System",
    "Vulnerability",
    "WindowsUpdate",
    "folders",
    "newer_image",
    "system_of",
    "systems",
]


@dataclass(frozen=True)
class Vulnerability:
    """One CVE: score, dates and words as published.

    `exploited_since` is when CISA's catalogue took it in, and `due` by when the catalogue wants it gone.
    """

    id: str
    severity: str
    score: float | None
    vector: str
    published: datetime
    summary: str
    exploit_available: bool
    epss: float | None
    score_v2: float | None = None
    exploited_since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class Advisory:
    """One advisory of the distribution: the CVEs it fixes, and the first fixed version of each package.

    `brings` maps a package whose fix comes as a package of another name to that name, as Ubuntu's kernels do;
    `subscription` names what a host must be attached to before it can install the fix (`esm-apps`), if anything;
    `withdrawn` are those of its CVEs for which Inspector does not name the fix any more.
    """

    id: str
    severity: str
    classification: str
    released: datetime
    cves: tuple[str, ...]
    fixes: dict[str, Evr]
    brings: dict[str, str] = field(default_factory=dict)
    subscription: str = ""
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class WindowsUpdate:
    """One update of Windows: the CVEs that it was the first to fix, and the updates that it replaces.

    `build` is the system's version once it is in effect (MSRC's FixedBuild), as `10.0.20348.2762`.
    """

    kb: str
    title: str
    description: str
    classification: str
    severity: str
    released: datetime
    cves: tuple[str, ...]
    supersedes: tuple[str, ...]
    build: str = ""


@dataclass(frozen=True)
class LanguageFact:
    """A vulnerable package of a language's own package manager, as found on a host."""

    manager: str
    name: str
    version: str
    fixed: str
    path: str
    cve: str


@dataclass(frozen=True)
class ImagePackage:
    """One package of an image."""

    name: str
    evr: Evr
    arch: str


@dataclass(frozen=True)
class Facts:
    """All that is known about one platform; `advisories_for` and `unfixed_in` go by package name.

    `optional_packages` are packages that the image does not have and a world may install.
    """

    platform: str
    ami_name: str
    image_released: datetime
    packages: tuple[ImagePackage, ...]
    vulnerabilities: dict[str, Vulnerability]
    advisories_for: dict[str, tuple[Advisory, ...]]
    unfixed_in: dict[str, tuple[str, ...]]
    languages: tuple[LanguageFact, ...]
    architecture: str = "x86_64"
    optional_packages: tuple[ImagePackage, ...] = ()
    installed_updates: tuple[str, ...] = ()
    updates: tuple[WindowsUpdate, ...] = ()

    @property
    def system(self) -> System:
        """Find the operating system."""
        return system_of(self.platform)

    def names_before(self, name: str) -> tuple[str, ...]:
        """Name the packages whose fix a package is, under its own name."""
        return tuple(
            old
            for old, advisories in self.advisories_for.items()
            if any(advisory.brings.get(old) == name for advisory in advisories)
        )

    def superseding(self, kb: str) -> frozenset[str]:
        """Name the updates that replace one, directly or through others."""
        return self._superseding.get(kb, frozenset())

    @functools.cached_property
    def _superseding(self) -> dict[str, frozenset[str]]:
        direct: dict[str, set[str]] = defaultdict(set)
        for update in self.updates:
            for old in update.supersedes:
                direct[old].add(update.kb)

        @functools.cache
        def later(kb: str) -> frozenset[str]:
            return frozenset(direct[kb]).union(*map(later, direct[kb]))

        return {update.kb: later(update.kb) for update in reversed(self.updates)}


def newer_image(facts: Facts, at: datetime) -> Facts:
    """Make the facts of an image built at a moment: every package as the advisories released by then have it."""

    def newest(package: ImagePackage) -> ImagePackage:
        known = facts.advisories_for.get(package.name, ())
        released = [one for one in known if one.released <= at and package.evr < one.fixes[package.name]]
        public = [advisory for advisory in released if not advisory.subscription]
        if not public:
            return package
        last = max(public, key=lambda advisory: advisory.fixes[package.name])
        return replace(package, name=last.brings.get(package.name, package.name), evr=last.fixes[package.name])

    return replace(
        facts,
        packages=tuple(newest(package) for package in facts.packages),
        installed_updates=tuple(update.kb for update in facts.updates if update.released <= at),
        image_released=at,
        ami_name=f"{facts.ami_name}-{at:%Y%m%d}",
    )
