"""Recorded mode: two real exports, judged without AWS."""

import pytest

from postpatch.verdict.checks import CHECKS
from tests.suite.exported import ACCOUNT, HOSTS, REGION, finding
from tests.suite.exported import LATER as LATER_AT
from tests.suite.exported import export as write_export

NEEDS_AWS = {check.id for check in CHECKS if not check.recorded}
BEFORE, LATER = "list-findings.2023-03-14.json", "list-findings.2023-03-20.json"
COUNTS = {
    "baseline": 206, "after": 217, "fixed": 0, "remaining": 206, "new": 11, "resurfaced": 0,
    "host_gone": 0, "not_scanned": 0, "suppressed": 0, "not_comparable": 0, "renamed": 0, "fixed_by_absence": 0,
}  # fmt: skip


def _judge(rehearse, before, later):
    return rehearse("--aws", "recorded", f"--baseline={before}", f"--after={later}")


def test_six_days_without_patching_are_red(rehearse, recordings):
    """On the real pair nothing was fixed: the verdict is red, with the counts that the files hold."""
    before, later = str(recordings / BEFORE), str(recordings / LATER)
    ran = rehearse("--aws", "recorded", "--baseline", before, "--after", later)
    assert ran.exit == 1
    assert ran.verdict["counts"] == COUNTS
    sentence = "after patching 217 findings are active, the baseline had 206: 0 fixed, 206 remain, 11 new"
    removable = "patching can remove 194 of the active findings, 1 of them new; in the baseline it could remove 193"
    assert ran.reason("FIND-1") == f"{removable}. {sentence.capitalize()}"
    assert sentence.capitalize() in ran.out
    assert ran.ids("not assessed") == NEEDS_AWS


def test_recorded_pages_with_repeated_rows_count_the_same(rehearse, recordings):
    """The pages repeat 128 of their rows; the count of findings does not."""
    ran = _judge(rehearse, recordings / "list-findings.2023-03-14.pages.json", recordings / LATER)
    assert ran.verdict["counts"] == COUNTS


@pytest.fixture
def export(tmp_path):
    """Return what writes an export of two hosts with two findings each, some left out."""

    def write(name, keep=bool, account=ACCOUNT):
        rows = [finding(host, f"CVE-2024-000{number}", "0:8.1-1") for host in HOSTS for number in (1, 2)]
        return write_export(tmp_path / name, [row | _of(account, row) for row in rows if keep(row)])

    return write


def _of(account, row):
    return {"awsAccountId": account, "findingArn": row["findingArn"].replace(ACCOUNT, account)}


def test_a_finding_that_is_absent_while_its_host_has_rows_is_fixed(rehearse, export):
    """Without coverage, absence counts as a fix only on a host that the later file still speaks of."""
    later = export("after.json", keep=lambda finding: "CVE-2024-0002" not in finding["title"])
    ran = _judge(rehearse, export("before.json"), later)
    assert (ran.verdict["counts"]["fixed"], ran.verdict["counts"]["remaining"]) == (2, 2)
    assert "FIND-1" in ran.ids("passed")


@pytest.mark.parametrize(("status", "gone"), [("CLOSED", True), ("ACTIVE", False)])
def test_findings_of_amazon_linux_1_are_judged(rehearse, tmp_path, status, gone):
    """An export of hosts that run Amazon Linux 1 is read and compared like any other; ALAS-2023-1682 fixes sudo."""
    old = {"name": "sudo", "epoch": 0, "version": "1.8.23", "release": "9.56.amzn1", "arch": "X86_64"}
    package = old | {"packageManager": "OS", "fixedInVersion": "0:1.8.23-10.57.amzn1"}
    details = {"vulnerabilityId": "CVE-2023-22809", "source": "AMAZON_CVE", "vulnerablePackages": [package]}
    host = {"type": "AWS_EC2_INSTANCE", "id": HOSTS[0], "region": REGION}
    host |= {"details": {"awsEc2Instance": {"platform": "AMAZON_LINUX"}}}
    row = finding(HOSTS[0], "CVE-2023-22809", "0:1.8.23-10.57.amzn1")
    row |= {"packageVulnerabilityDetails": row["packageVulnerabilityDetails"] | details, "resources": [host]}
    still = finding(HOSTS[0], "CVE-2023-0009", at=LATER_AT)
    before = write_export(tmp_path / "before.json", [row, still | {"updatedAt": row["updatedAt"]}])
    later = {"status": status, "updatedAt": LATER_AT, "lastObservedAt": LATER_AT}
    ran = _judge(rehearse, before, write_export(tmp_path / "after.json", [row | later, still]))
    assert (ran.verdict["counts"]["fixed"], ran.verdict["counts"]["remaining"]) == ((1, 1) if gone else (0, 2))
    assert ("FIND-1" in ran.ids("passed")) is gone
    assert ("FIND-1" in ran.ids("failed")) is not gone


def test_a_host_without_any_row_is_not_scanned(rehearse, export):
    """A host that vanished from the export is not clean: its findings are not scanned, and never fixed."""
    later = export("after.json", keep=lambda finding: finding["resources"][0]["id"].endswith("1"))
    ran = _judge(rehearse, export("before.json"), later)
    counts = ran.verdict["counts"]
    assert (counts["not_scanned"], counts["fixed"], counts["remaining"]) == (2, 0, 2)
    assert "i-00000000000000002" in ran.reason("SCAN-3")
    assert "SCAN-3" in ran.ids("failed")


def test_an_empty_export_proves_nothing(rehearse, export):
    """Findings that are all gone with all their hosts are no progress: no host was scanned again."""
    ran = _judge(rehearse, export("before.json"), export("after.json", keep=lambda _: False))
    assert ran.exit == 1
    assert ran.ids("failed") == {"SCAN-3"}
    assert ran.ids("passed") == {"FIND-7"}
    assert "2 of 2 hosts were not scanned again" in ran.reason("FIND-1")


def test_exports_of_different_accounts_are_not_compared(rehearse, export):
    """An after-file of another account is refused once, in a sentence that names both; nothing is written."""
    ran = _judge(rehearse, export("before.json"), export("after.json", account="210987654321"))
    assert (ran.exit, ran.out.count("210987654321")) == (4, 1)
    assert not any(ran.reports.iterdir())


def test_a_file_that_breaks_off_is_an_error_with_its_place(rehearse, export):
    """A truncated export is never read as one with fewer findings: it is refused once, and nothing is written."""
    later = export("after.json")
    later.write_bytes(later.read_bytes()[:-300])
    ran = _judge(rehearse, export("before.json"), later)
    assert (ran.exit, ran.out.count("after.json: line 1")) == (4, 1)
    assert not any(ran.reports.iterdir())


def test_the_files_and_their_hosts_are_named(rehearse, export):
    """What was judged are two files of two hosts, not the policy's stack."""
    later = export("after.json", keep=lambda finding: "CVE-2024-0002" not in finding["title"])
    ran = _judge(rehearse, export("before.json"), later)
    html = (ran.reports / "verify.html").read_text(encoding="utf-8")
    assert ">Patch verification of before.json and after.json</title>" in html
    hosts = ", ".join(f'<span class="pp-whole">{host}</span>' for host in HOSTS)
    assert f"before.json, then after.json: 2 hosts ({hosts}) in account {ACCOUNT}" in html
    assert "judged: before.json and after.json" in ran.out


def test_other_resources_are_set_aside_in_words(rehearse, recordings):
    """Findings of container images are counted and set aside, and the terminal says so."""
    ran = _judge(rehearse, recordings / "mixed-resources.json", recordings / "mixed-resources.json")
    assert "7 on AWS_ECR_CONTAINER_IMAGE" in ran.out
    assert ran.verdict["baseline"]["set_aside"] == {"AWS_ECR_CONTAINER_IMAGE": 7}
