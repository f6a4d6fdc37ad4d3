import pytest

from postpatch.simulator.inspector_classic.best_practices import RULES, broken_rules
from postpatch.simulator.worlds.workshop_classic import FRESH_AL2
from tests.simulator.inspector_classic.assessing import HARDENED, ROOT_LOGIN

AGE, LENGTH, COMPLEXITY = (
    "Configure password maximum age",
    "Configure password minimum length",
    "Configure password complexity",
)
DIRECTORIES = "Configure permissions for system directories"


def names(settings: dict[str, str]) -> list[str]:
    """Name the rules that settings break."""
    return [rule.name for rule in broken_rules(settings)]


def test_there_are_nine_rules_and_one_is_high() -> None:
    """The guide lists nine rules; only the one about system directories is High."""
    assert len(RULES) == 9
    assert [rule.name for rule in RULES if rule.severity == "High"] == [DIRECTORIES]


def test_a_hardened_host_breaks_none() -> None:
    """A host that does what every rule recommends has no finding."""
    assert names(HARDENED) == []


def test_a_fresh_host_breaks_four() -> None:
    """A fresh Amazon Linux 2 lets root in and has no rules for passwords."""
    assert names(FRESH_AL2) == [ROOT_LOGIN, AGE, LENGTH, COMPLEXITY]


@pytest.mark.parametrize(
    ("setting", "value", "broken"),
    [
        ("sshd.PermitRootLogin", "yes", [ROOT_LOGIN]),
        ("sshd.PermitRootLogin", "prohibit-password", [ROOT_LOGIN]),
        ("sshd.PermitRootLogin", "forced-commands-only", []),
        ("sshd.Protocol", "2,1", ["Support SSH version 2 only"]),
        ("sshd.PasswordAuthentication", "yes", ["Disable password authentication over SSH"]),
        ("login.PASS_MAX_DAYS", "99999", [AGE]),
        ("login.PASS_MAX_DAYS", "-1", [AGE]),
        ("login.PASS_MAX_DAYS", "often", [AGE]),
        ("login.PASS_MAX_DAYS", "365", []),
        ("pwquality.minlen", "0", [LENGTH]),
        ("pwquality.dcredit", "1", [COMPLEXITY]),
        ("pam_unix.remember", "5", [COMPLEXITY]),
        ("sysctl.kernel.randomize_va_space", "0", ["Enable ASLR"]),
        ("cpu.nx", "disabled", ["Enable DEP"]),
        ("file./usr/local/bin.mode", "0777", [DIRECTORIES]),
        ("file./etc.mode", "0775", [DIRECTORIES]),
        ("file./tmp.mode", "1777", []),
    ],
)
def test_each_rule_looks_at_its_setting(setting: str, value: str, broken: list[str]) -> None:
    """One changed setting breaks its own rule and no other."""
    assert names(HARDENED | {setting: value}) == broken


@pytest.mark.parametrize(
    ("missing", "broken"),
    [
        ("sshd.PermitRootLogin", [ROOT_LOGIN]),
        ("sshd.PasswordAuthentication", ["Disable password authentication over SSH"]),
        ("login.PASS_MAX_DAYS", [AGE]),
        ("pwquality.minlen", [LENGTH]),
        ("pwquality.ucredit", [COMPLEXITY]),
        ("sshd.Protocol", []),
        ("cpu.nx", []),
    ],
)
def test_what_is_not_set_has_the_systems_default(missing: str, broken: list[str]) -> None:
    """A line that is missing is judged by what the system then does."""
    assert names({name: value for name, value in HARDENED.items() if name != missing}) == broken
