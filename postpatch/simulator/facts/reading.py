"""Reading the facts of a system from its folder."""

import functools
import json
from collections import defaultdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from ..hosts.dpkg import DpkgVersion
from ..hosts.rpm import Evr
from . import Advisory, Facts, ImagePackage, LanguageFact, Vulnerability, WindowsUpdate, folders

Row = dict[str, Any]
DEFAULT = "amazon-linux-2023"


@functools.cache
def read_facts(name: str = DEFAULT) -> Facts:
    """Read the facts of a system by the name of its folder; `rhel-9/kernel-64k` is another image of it."""
    folder, _, image = name.partition("/")
    system = folders()[folder]

    def rows(file: str) -> list[Row]:
        path = files(__package__) / folder / f"{file}.json"
        found: list[Row] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        return found

    version = DpkgVersion if system.packages == "dpkg" else Evr
    advisories: dict[str, list[Advisory]] = defaultdict(list)
    for entry in rows("advisories"):
        advisory = _advisory(entry, version)
        for package in advisory.fixes:
            advisories[package].append(advisory)
    unfixed: dict[str, list[str]] = defaultdict(list)
    for entry in rows("unfixed"):
        for package in entry["packages"]:
            unfixed[package].append(entry["cve"])
    path = files(__package__) / folder / (f"image-{image}.json" if image else "image.json")
    of_image: Row = json.loads(path.read_text(encoding="utf-8"))
    return Facts(
        platform=system.platform,
        ami_name=of_image["ami_name"],
        image_released=_moment(of_image["released"]),
        packages=_packages(of_image.get("packages", []), version),
        vulnerabilities={entry["id"]: _vulnerability(entry) for entry in rows("vulnerabilities")},
        advisories_for={package: tuple(found) for package, found in advisories.items()},
        unfixed_in={package: tuple(cves) for package, cves in unfixed.items()},
        languages=tuple(
            LanguageFact(p["manager"], p["name"], p["version"], p["fixed"], p["path"], p["cve"])
            for p in rows("languages")
        ),
        architecture=of_image.get("architecture", "x86_64"),
        optional_packages=_packages(rows("optional"), version),
        installed_updates=tuple(of_image.get("updates", [])),
        updates=tuple(_update(entry) for entry in rows("updates")),
    )


def _packages(rows: list[dict[str, Any]], version: type[Evr]) -> tuple[ImagePackage, ...]:
    return tuple(ImagePackage(p["name"], version(int(p["epoch"]), p["version"], p["release"]), p["arch"]) for p in rows)


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


def _update(entry: dict[str, Any]) -> WindowsUpdate:
    return WindowsUpdate(
        kb=entry["kb"],
        title=entry["title"],
        description=entry["description"],
        classification=entry["classification"],
        severity=entry["severity"],
        released=_moment(entry["released"]),
        cves=tuple(entry["cves"]),
        supersedes=tuple(entry["supersedes"]),
        build=entry.get("build", ""),
    )


def _advisory(entry: dict[str, Any], version: type[Evr]) -> Advisory:
    return Advisory(
        id=entry["id"],
        severity=entry["severity"],
        classification=entry.get("classification", "Security"),
        released=_moment(entry["released"]),
        cves=tuple(entry["cves"]),
        fixes={package["name"]: version.parse(package["fixed"]) for package in entry["packages"]},
        brings={package["name"]: package["by"] for package in entry["packages"] if "by" in package},
        subscription=entry.get("subscription", ""),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
