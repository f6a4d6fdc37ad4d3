"""The policy's gate and its waivers, on whole runs: what they turn red, what they tell, and what they never change."""

from datetime import UTC, datetime, timedelta

import pytest

from postpatch.verdict.checks import CHECKS

FOREVER = datetime.now(UTC).date() + timedelta(days=3_650)
SHIPPED = {"disclosed_after": '"report"', "configuration": '"fail"'}
UNPATCHED = {"PATCH-1", "FIND-1", "FIND-4"}


def waiver(*what, expires=FOREVER):
    """Return a waiver as the policy has it."""
    lines = ["[[waiver]]", *what, 'reason = "the bastion needs it"', 'approver = "CISO"', f"expires = {expires}"]
    return "\n" + "\n".join(lines) + "\n"


@pytest.fixture
def judge(rehearse, policy_file):
    """Return what runs a world under the shipped policy, with other values in its gate and with waivers."""

    def run(world, *waivers, **gate):
        changed = [(f"{key} = {value}", f"{key} = {gate.pop(key, value)}") for key, value in SHIPPED.items()]
        added = "".join(f"{key} = {value}\n" for key, value in gate.items())
        return rehearse(
            "--world", world, policy_file(*changed, ("[inspector]", f"{added}\n[inspector]"), more="".join(waivers))
        )

    return run


@pytest.mark.parametrize(
    ("world", "gate", "red", "words"),
    [
        pytest.param("workshop", {"max": "{ CRITICAL = 1, HIGH = 5 }", "exploited_max": 0}, set(), "", id="within"),
        pytest.param("workshop", {"max": "{ CRITICAL = 0 }"}, {"FIND-8"}, "findings, CRITICAL: 1 (CVE-", id="beyond"),
        pytest.param("workshop", {"max": "{ HIGH = 1 }", "fixable_only": "true"}, set(), "", id="fixable-only"),
        pytest.param(
            "workshop",
            {"exploited_max": 2, "epss_from": 0.04},
            {"FIND-8"},
            "with a known exploit, or not known to have none, or with an EPSS score of ",
            id="likely",
        ),
        pytest.param(
            "unpatched",
            {"exploited_max": 0},
            UNPATCHED | {"FIND-8"},
            "with a known exploit, or not known to have none: 12 ",
            id="exploited",
        ),
        pytest.param("new-criticals", {"disclosed_after": '"fail"'}, {"FIND-3"}, "", id="fresh-ones-gate"),
        pytest.param("opened-root-login", {"configuration": '"report"'}, set(), "", id="opened-and-reported"),
    ],
)
def test_the_gate_turns_its_checks_and_no_others(judge, world, gate, red, words):
    """A limit that is kept changes no colour; one that is not turns its check red, which says what is beyond it."""
    ran = judge(world, **gate)
    assert ran.ids("failed") == red, ran.out
    assert ran.ids("passed") == {check.id for check in CHECKS} - red
    assert words in ran.reason("FIND-8")


def test_fresh_disclosures_are_told_apart(judge):
    """Six critical flaws that nobody could have patched hide no good round, and are told with their number."""
    ran = judge("new-criticals")
    assert ran.exit == 0, ran.out
    assert "18 more were disclosed after patching" in ran.reason("FIND-1")
    told = "disclosed after patching, and listed separately: 18 CRITICAL, on 3 hosts"
    assert [told in ran.notes(check) for check in ("FIND-1", "FIND-2", "FIND-3", "FIND-4")] == [True, True, True, False]


@pytest.mark.parametrize(("gate", "calls"), [({}, 0), ({"exploited_max": 0}, 1)], ids=["no-limit", "a-limit"])
def test_cisas_catalogue_is_asked_only_for_its_limit(judge, gate, calls):
    """One call for up to ten vulnerabilities, none for a policy that does not limit what is exploited."""
    assert judge("workshop", **gate).verdict["calls"].get("inspector2:BatchGetFindingDetails", 0) == calls


def test_a_waiver_by_tag_accepts_and_changes_nothing_else(judge):
    """What was opened on purpose, on the hosts with a tag, is green; every count and class stays what it was."""
    opened = judge("opened-root-login").verdict
    accepted = judge(
        "opened-root-login", waiver('vulnerability = "5.1.20"', 'host_tag = { key = "Name", value = "pww-node" }')
    )
    assert accepted.exit == 0, accepted.out
    for key in ("counts", "comparable", "severities", "configuration", "remaining_kinds"):
        assert accepted.verdict[key] == opened[key]


def test_a_waiver_for_other_hosts_accepts_nothing(judge):
    """A tag that the host does not carry accepts nothing: still red, and the waiver is told as unused."""
    elsewhere = waiver('vulnerability = "5.1.20"', 'host_tag = { key = "Name", value = "web" }')
    ran = judge("opened-root-login", elsewhere)
    assert ran.ids("failed") == {"FIND-8"}, ran.out
    assert ran.notes("FIND-7") == ["unused: 5.1.20 on hosts tagged Name=web"]


def test_an_expired_waiver_is_red_and_accepts_nothing(judge):
    """Past its day a waiver turns FIND-7 red by name, and what it had accepted is open again."""
    ran = judge("opened-root-login", waiver('vulnerability = "5.1.20"', expires="2026-01-31"))
    assert ran.ids("failed") == {"FIND-7", "FIND-8"}, ran.out
    assert "waiver 5.1.20 on every host: expected not expired, found through 2026-01-31" in ran.reason("FIND-7")


def test_two_files_are_gated_too(rehearse, recordings, policy_file):
    """Two exports are judged by the same limits, and their hosts' tags serve a waiver."""
    by_tag = waiver('port = "TCP 0-65535"', 'host_tag = { key = "Name", value = "host-02" }')
    ran = rehearse(
        "--aws", "recorded",
        f"--baseline={recordings / 'list-findings.2023-03-14.json'}",
        f"--after={recordings / 'list-findings.2023-03-20.json'}",
        policy_file(("[inspector]", "max = { CRITICAL = 0 }\n[inspector]"), more=by_tag),
    )  # fmt: skip
    assert "FIND-8" in ran.ids("failed")
    assert "active findings, CRITICAL: " in ran.reason("FIND-8")
    assert (ran.reason("FIND-7"), ran.notes("FIND-7")) == ("1 waiver, none expired", [])
