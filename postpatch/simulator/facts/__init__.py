"""Facts about real packages: what an image holds, which advisories mend which CVEs in which versions."""

import functools
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from ..hosts.rpm import Evr


@dataclass(frozen=True)
class Vulnerability:
    """One CVE: score, dates and words as published; `exploited_since` is when CISA's catalogue took it in."""

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


@dataclass(frozen=True)
class Advisory:
    """One advisory of the distribution: the CVEs it mends, and the first mended version of each package."""

    id: str
    severity: str
    classification: str
    released: datetime
    cves: tuple[str, ...]
    fixes: dict[str, Evr]


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
    """All that is known about one platform; `advisories_for` and `unfixed_in` go by package name."""

    platform: str
    ami_name: str
    image_released: datetime
    packages: tuple[ImagePackage, ...]
    vulnerabilities: dict[str, Vulnerability]
    advisories_for: dict[str, tuple[Advisory, ...]]
    unfixed_in: dict[str, tuple[str, ...]]
    languages: tuple[LanguageFact, ...]


@functools.cache
def read_facts(name: str = "al2023") -> Facts:
    """Read the facts of a platform that ship with the simulator (`al2023.json` beside this file)."""
    text = resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return facts_from(json.loads(text))


def facts_from(raw: dict[str, Any]) -> Facts:
    """Make Facts of a document in the shape of `al2023.json`."""
    advisories: dict[str, list[Advisory]] = defaultdict(list)
    for entry in raw["advisories"]:
        advisory = _advisory(entry)
        for package in advisory.fixes:
            advisories[package].append(advisory)
    unfixed: dict[str, list[str]] = defaultdict(list)
    for entry in raw.get("unfixed", []):
        for package in entry["packages"]:
            unfixed[package].append(entry["cve"])
    image = raw["image"]
    return Facts(
        platform=raw["platform"],
        ami_name=image["ami_name"],
        image_released=_moment(image["released"]),
        packages=tuple(
            ImagePackage(p["name"], Evr(int(p["epoch"]), p["version"], p["release"]), p["arch"])
            for p in image["packages"]
        ),
        vulnerabilities={entry["id"]: _vulnerability(entry) for entry in raw["vulnerabilities"]},
        advisories_for={package: tuple(found) for package, found in advisories.items()},
        unfixed_in={package: tuple(cves) for package, cves in unfixed.items()},
        languages=tuple(
            LanguageFact(p["manager"], p["name"], p["version"], p["fixed"], p["path"], p["cve"])
            for p in raw.get("language_packages", [])
        ),
    )


def newer_image(facts: Facts, at: datetime) -> Facts:
    """Make the facts of an image built at a moment: every package as the advisories released by then have it."""

    def newest(package: ImagePackage) -> ImagePackage:
        advisories = facts.advisories_for.get(package.name, ())
        fixes = [advisory.fixes[package.name] for advisory in advisories if advisory.released <= at]
        return replace(package, evr=max([package.evr, *fixes]))

    packages = tuple(newest(package) for package in facts.packages)
    return replace(facts, packages=packages, image_released=at, ami_name=f"{facts.ami_name}-{at:%Y%m%d}")


def _vulnerability(entry: dict[str, Any]) -> Vulnerability:
    return Vulnerability(
        id=entry["id"],
        severity=entry["severity"],
        score=entry.get("score"),
        vector=entry.get("vector") or "",
        published=_moment(entry["published"]),
        summary=entry["summary"],
        exploit_available=bool(entry.get("exploit_available")),
        epss=entry.get("epss"),
        score_v2=entry.get("score_v2"),
    )


def _advisory(entry: dict[str, Any]) -> Advisory:
    return Advisory(
        id=entry["id"],
        severity=entry["severity"],
        classification=entry.get("classification", "Security"),
        released=_moment(entry["released"]),
        cves=tuple(entry["cves"]),
        fixes={package["name"]: Evr.parse(package["fixed"]) for package in entry["packages"]},
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
