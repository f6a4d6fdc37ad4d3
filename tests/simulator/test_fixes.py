"""Fixes that come late, that are withdrawn, and what findings and patches say of them."""

from datetime import timedelta

from postpatch.simulator import Simulator
from postpatch.simulator.disclosures import disclose, release_fix, withdraw_fix
from tests.simulator.asking import equals, everything_baseline, findings, named, patch, patches, rescan

CVE = "CVE-2099-0007"


def test_a_fix_that_is_withdrawn(aws: Simulator) -> None:
    """A finding that named a fixed version names none after the next scan; a host with that version has none."""
    host = named(aws, "billing-batch")[0]
    host = named(aws, "billing-batch")[0]
    [before] = findings(aws, vulnerabilityId=equals("CVE-2024-28757"), resourceId=equals(host))
    package = before["packageVulnerabilityDetails"]["vulnerablePackages"][0]
    assert (before["fixAvailable"], package["fixedInVersion"]) == ("YES", "0:2.5.0-1.amzn2023.0.4")
    withdraw_fix(aws, "CVE-2024-28757")
    rescan(aws)
    [after] = findings(aws, findingArn=equals(before["findingArn"]))
    package = after["packageVulnerabilityDetails"]["vulnerablePackages"][0]
    assert (after["fixAvailable"], package["fixedInVersion"]) == ("NO", "NotAvailable")
    everything_baseline(aws)
    patch(aws)
    rescan(aws)
    assert [one["resources"][0]["id"] for one in findings(aws, vulnerabilityId=equals("CVE-2024-28757"))] == [host]


def test_a_fix_that_comes_after_the_patch_run(aws: Simulator) -> None:
    """Without a fix nothing is installed; once it is released the finding names it, with the date of the release."""
    disclose(aws, CVE, "HIGH", {"sudo": None})
    rescan(aws)
    assert {one["fixAvailable"] for one in findings(aws, vulnerabilityId=equals(CVE))} == {"NO"}
    everything_baseline(aws)
    patch(aws)
    aws.clock.advance(timedelta(hours=2))
    released = aws.now()
    release_fix(aws, CVE, {"sudo": "0:99-1"})
    rescan(aws)
    found = findings(aws, vulnerabilityId=equals(CVE))
    assert {one["fixAvailable"] for one in found} == {"YES"}
    updated = {one["packageVulnerabilityDetails"]["vendorUpdatedAt"] for one in found}
    assert all(abs(moment - released) < timedelta(seconds=2) for moment in updated)
    patch(aws, "Scan")
    missing = patches(aws, named(aws, "pww-node")[0], "Missing")
    assert [row["KBId"] for row in missing] == ["sudo.x86_64"]


def test_findings_of_amazon_linux_name_their_advisories(aws: Simulator) -> None:
    """`relatedVulnerabilities` holds the ids of the advisories that fix the CVE, and nothing where none does."""
    found = findings(aws, findingType=equals("PACKAGE_VULNERABILITY"))
    related = {
        one["packageVulnerabilityDetails"]["vulnerabilityId"]: one["packageVulnerabilityDetails"][
            "relatedVulnerabilities"
        ]
        for one in found
    }
    assert related["CVE-2024-28757"] == ["ALAS2023-2024-576"]
    assert {one.split("-")[0] for ids in related.values() for one in ids} == {"ALAS2023"}
    assert all(
        not related[one["packageVulnerabilityDetails"]["vulnerabilityId"]]
        for one in found
        if one["fixAvailable"] == "NO"
    )
