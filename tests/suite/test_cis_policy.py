"""`[inspector] cis`: what a site without CIS scans still proves, and what the verdict says is not proven."""

import pytest

NOT_PROVEN = "settings, such as root login over SSH, are not proven"
CREATES = "inspector2:CreateCisScanConfiguration"


@pytest.mark.parametrize(
    ("world", "cis", "red", "started"),
    [
        ("cis-outage", "off", set(), False),
        ("cis-outage", "require", {"SCAN-1"}, True),
        ("cis-failed", "optional", set(), True),
        ("cis-timed-out", "optional", set(), True),
        ("unpatched", "off", {"PATCH-1", "FIND-1", "FIND-4"}, False),
    ],
)
def test_a_cis_scan_counts_as_the_policy_says(rehearse, policy_file, world, cis, red, started):
    """Without a required CIS scan everything else is judged as before, and the notes say what is not proven."""
    ran = rehearse("--world", world, policy_file(("[inspector]", f'[inspector]\ncis = "{cis}"')))
    assert (ran.ids("failed"), ran.ids("error")) == (red, set()), ran.out
    assert (CREATES in ran.verdict["calls"]) is started
    notes = [note for check in ran.verdict["checks"] for note in check["notes"]]
    assert any(NOT_PROVEN in note for note in notes) is (cis != "require")
