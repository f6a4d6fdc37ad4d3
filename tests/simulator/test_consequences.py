"""Hosts are simulated, not answers: change what is installed, and everything follows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.simulator import Simulator, worlds
from postpatch.simulator.facts.reading import read_facts
from postpatch.simulator.hosts.host import is_kernel
from postpatch.simulator.hosts.rpm import Evr
from tests.simulator.asking import BEGINS, equals, everything_baseline, findings, patch, patch_state, patches, rescan

FACTS = read_facts()
# Packages of the image that some advisory fixes, and that do not need to run to count.
MENDABLE = sorted(
    package.name
    for package in FACTS.packages
    if not is_kernel(package.name)
    and any(package.evr < advisory.fixes[package.name] for advisory in FACTS.advisories_for.get(package.name, ()))
)

quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def vulnerable(found: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    """Map the CVEs of a package to its entry in each finding."""
    return {
        finding["packageVulnerabilityDetails"]["vulnerabilityId"]: package
        for finding in found
        for package in finding.get("packageVulnerabilityDetails", {}).get("vulnerablePackages", [])
        if package["name"] == name and package["fixedInVersion"] != "NotAvailable"
    }


def newest_fix(name: str) -> Evr:
    """Tell the newest version that any advisory names for a package."""
    return max(advisory.fixes[name] for advisory in FACTS.advisories_for[name])


@quick
@given(name=st.sampled_from(MENDABLE))
def test_a_fixed_package_has_no_findings(name: str) -> None:
    """Put one package in its newest version on one host: its findings close, there and only there."""
    aws = Simulator(worlds()["workshop"], BEGINS)
    fixed, other = aws.fleet.hosts()[:2]
    before = vulnerable(findings(aws, resourceId=equals(fixed.instance_id)), name)
    assert before
    package = fixed.newest(name)
    assert package is not None
    fixed.install(replace(package, evr=newest_fix(name)))
    rescan(aws)
    assert vulnerable(findings(aws, resourceId=equals(fixed.instance_id)), name) == {}
    assert vulnerable(findings(aws, resourceId=equals(other.instance_id)), name) == before
    everything_baseline(aws)
    patch(aws, "Scan")
    kb = f"{name}.{package.rpm_arch}"
    assert kb not in {row["KBId"] for row in patches(aws, fixed.instance_id, "Missing")}
    assert kb in {row["KBId"] for row in patches(aws, other.instance_id, "Missing")}
    assert (
        patch_state(aws, fixed.instance_id)["MissingCount"] == patch_state(aws, other.instance_id)["MissingCount"] - 1
    )


@quick
@given(data=st.data(), name=st.sampled_from(MENDABLE))
def test_findings_follow_any_version(data: st.DataObject, name: str) -> None:
    """Whatever version of a package is there, its findings are the CVEs whose fix is newer, and no others."""
    aws = Simulator(worlds()["workshop"], BEGINS)
    host = aws.fleet.hosts()[0]
    package = host.newest(name)
    assert package is not None
    fixes = sorted({advisory.fixes[name] for advisory in FACTS.advisories_for[name]})
    chosen = data.draw(st.sampled_from([package.evr, *fixes]), label="installed")
    host.install(replace(package, evr=chosen))
    rescan(aws)
    found = vulnerable(findings(aws, resourceId=equals(host.instance_id)), name)
    expected = {
        cve
        for advisory in FACTS.advisories_for[name]
        if chosen < advisory.fixes[name]
        for cve in advisory.cves
        if cve in FACTS.vulnerabilities
    }
    assert found.keys() == expected
    assert all(chosen < Evr.parse(entry["fixedInVersion"]) for entry in found.values())
    assert all((entry["version"], entry["release"]) == (chosen.version, chosen.release) for entry in found.values())


@quick
@given(name=st.sampled_from(MENDABLE))
def test_a_package_that_breaks_stays_vulnerable(name: str) -> None:
    """A package whose installation fails keeps its findings through the whole patch round; the others lose theirs."""
    aws = Simulator(worlds()["workshop"], BEGINS)
    host = aws.fleet.hosts()[0]
    before = vulnerable(findings(aws, resourceId=equals(host.instance_id)), name)
    host.breaks_on = frozenset({name})
    aws.remediate()
    rescan(aws)
    after = findings(aws, resourceId=equals(host.instance_id))
    assert vulnerable(after, name) == before
    assert patch_state(aws, host.instance_id)["FailedCount"] == 1
    others = [f for f in after if f.get("fixAvailable") == "YES" and name not in f["title"]]
    assert all(
        package["packageManager"] != "OS" or package["name"] == name
        for finding in others
        for package in finding["packageVulnerabilityDetails"]["vulnerablePackages"]
    )


def test_a_fix_counts_once_its_advisory_is_out() -> None:
    """Begun before an advisory was released, the world does not know its fix; begun before the CVE, not even that."""
    advisory = max((a for found in FACTS.advisories_for.values() for a in found), key=lambda a: a.released)
    early = advisory.released - timedelta(days=1)
    aws = Simulator(worlds()["workshop"], early)
    for name, fixed in advisory.fixes.items():
        told = {str(entry["fixedInVersion"]) for entry in vulnerable(findings(aws), name).values()}
        assert str(fixed) not in told
    for finding in findings(aws):
        details = finding.get("packageVulnerabilityDetails")
        assert details is None or details["vendorCreatedAt"] <= aws.now()
