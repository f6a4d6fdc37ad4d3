"""The facts of the systems: each row names its source, and every row refers to rows that exist."""

import json
import math
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from postpatch.simulator.facts import folders
from postpatch.simulator.facts.reading import read_facts

ROWS = ("advisories", "updates", "unfixed", "languages", "optional", "vulnerabilities")
# The systems that most estates run have the most advisories.
COMMON = {"amazon-linux-2023", "rhel-9", "ubuntu-22.04", "ubuntu-24.04", "windows-server-2022"}
NAMES = [
    (folder, path.name)
    for folder in folders()
    for path in sorted((files("postpatch.simulator.facts") / folder).iterdir(), key=lambda one: one.name)
]
FILES = [pytest.param(folder, name, id=f"{folder}/{name}") for folder, name in NAMES]


def read(folder: str, file: str) -> Any:
    """Read one file of a system."""
    return json.loads((files("postpatch.simulator.facts") / folder / file).read_text(encoding="utf-8"))


def rows(folder: str, file: str) -> Iterator[dict[str, Any]]:
    """Yield what needs a source of its own: each row, or the image with all its packages."""
    content = read(folder, file)
    yield from content if isinstance(content, list) else [content]


@pytest.mark.parametrize(("folder", "file"), FILES)
def test_every_row_names_its_source(folder: str, file: str) -> None:
    """Facts without a source are left out; a system's own description names the source of each of its fields."""
    name = file.removesuffix(".json")
    assert name in ROWS or name == "system" or name.startswith("image"), f"nobody reads {file}"
    if name == "system":
        described = read(folder, file)
        sourced = {field for fields in described["sources"] for field in fields.split(", ")}
        assert {"platform", "baseline", "product", "name", "version"} <= sourced
        return
    assert [row for row in rows(folder, file) if not str(row.get("source", "")).strip()] == []


@pytest.mark.parametrize("folder", folders())
def test_rows_refer_to_rows_that_exist(folder: str) -> None:
    """What an advisory fixes is known, and what it fixes it in is installed, or may be."""
    facts = read_facts(folder)
    known = set(facts.vulnerabilities)
    fixed = {cve for advisories in facts.advisories_for.values() for one in advisories for cve in one.cves}
    updates = {update.kb for update in facts.updates}
    assert fixed | {cve for update in facts.updates for cve in update.cves} <= known
    assert {cve for cves in facts.unfixed_in.values() for cve in cves} <= known
    assert {language.cve for language in facts.languages} <= known
    assert {kb for update in facts.updates for kb in update.supersedes} <= updates
    assert set(facts.installed_updates) <= updates


@pytest.mark.parametrize("folder", folders())
def test_the_documents_list_every_system(folder: str) -> None:
    """docs/systems.md says which systems the simulated AWS has, and with which benchmark of CIS."""
    page = (Path(__file__).parents[2] / "docs" / "systems.md").read_text(encoding="utf-8")
    family, _, release = folder.rpartition("-")
    words = {"rhel": "Red Hat Enterprise Linux", "almalinux": "AlmaLinux", "sles": "SUSE", "rocky": "Rocky Linux"}
    word = words.get(family, family.replace("-", " ").title())
    rows = [line for line in page.splitlines() if line.startswith("| ") and "| yes |" in line]
    assert [row for row in rows if word in row and release in row.partition("| yes |")[0]]
    benchmark = folders()[folder].benchmark.rpartition(" ")[2]
    assert not benchmark or f"({benchmark})" in page


@pytest.mark.parametrize("folder", folders())
def test_every_image_has_something_to_patch(folder: str) -> None:
    """An image is older than a fix of something that it has, so that patching it changes something."""
    for path in (files("postpatch.simulator.facts") / folder).iterdir():
        if not path.name.startswith("image"):
            continue
        _, _, image = path.name.removesuffix(".json").partition("-")
        facts = read_facts(f"{folder}/{image}" if image else folder)
        fixes = [
            one
            for package in facts.packages
            for one in facts.advisories_for.get(package.name, ())
            if package.evr < one.fixes[package.name]
        ]
        lacking = [update for update in facts.updates if update.kb not in facts.installed_updates and update.cves]
        assert fixes or lacking


@pytest.mark.parametrize("folder", folders())
def test_every_system_has_advisories_enough(folder: str) -> None:
    """At least 40 advisories or updates of the systems that most estates run, and 10 of each other one."""
    file = "updates" if folders()[folder].packages == "windows" else "advisories"
    ids = {row.get("kb") or row["id"] for row in rows(folder, f"{file}.json")}
    assert len(ids) >= (40 if folder in COMMON else 10)


@pytest.mark.parametrize("folder", [folder for folder in folders() if (folder, "image-applications.json") in NAMES])
def test_what_an_image_of_applications_adds_can_be_patched(folder: str) -> None:
    """Each package that it adds, and each optional one, is older than its fixes, or has a CVE without a fix."""
    facts = read_facts(f"{folder}/applications")
    first = {package.name for package in read_facts(folder).packages}
    added = [package for package in (*facts.packages, *facts.optional_packages) if package.name not in first]
    assert added
    for package in added:
        fixes = [one.fixes[package.name] for one in facts.advisories_for.get(package.name, ())]
        assert fixes or package.name in facts.unfixed_in
        assert all(package.evr < fix for fix in fixes)


_WEIGHTS = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
}
_IMPACT = {"H": 0.56, "L": 0.22, "N": 0.0}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}


def base_score(vector: str) -> float:
    """Calculate a base score from its vector (CVSS v3.1 specification, sections 7.1 and 7.4)."""
    metrics = dict(metric.split(":") for metric in vector.split("/")[1:])
    lost = 1 - math.prod(1 - _IMPACT[metrics[key]] for key in "CIA")
    changed = metrics["S"] == "C"
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    ways = math.prod(weights[metrics[key]] for key, weights in _WEIGHTS.items())
    exploitability = 8.22 * ways * _PRIVILEGES[metrics["S"]][metrics["PR"]]
    if impact <= 0:
        return 0.0
    total = round(min((1.08 if changed else 1) * (impact + exploitability), 10) * 100_000)
    return math.ceil(total / 10_000) / 10


@pytest.mark.parametrize("folder", folders())
def test_a_score_is_the_one_of_its_vector(folder: str) -> None:
    """A vector and a score of one row come from one place."""
    known = [one for one in read_facts(folder).vulnerabilities.values() if one.vector.startswith("CVSS:3")]
    assert {one.id: one.score for one in known} == {one.id: base_score(one.vector) for one in known}
