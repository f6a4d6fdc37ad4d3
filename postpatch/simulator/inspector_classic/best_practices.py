"""The rules package Security Best Practices: what each rule looks at in a host's settings.

Rules, severities and words: Amazon Inspector Classic user guide, "Security best practices for Amazon Inspector";
description and recommendation of the first rule as in a finding that Amazon Inspector reported.
None of them is about a package, so no patch fixes any of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

HIGH, MEDIUM = "High", "Medium"

Settings = Mapping[str, str]

_SYSTEM_DIRECTORY = re.compile(r"file\./(bin|sbin|lib|lib64|etc|usr(/local)?/(bin|sbin|lib|lib64))\.mode")
_WRITABLE_BY_OTHERS = 0o022
_REMEMBERED_PASSWORDS = 12
_ENDLESS_DAYS = 99999  # what /etc/login.defs of a fresh system holds, and means "never"


@dataclass(frozen=True)
class Rule:
    """One rule: `broken` tells from a host's settings whether it is; `finding` goes on after "Instance i-… "."""

    name: str
    description: str
    finding: str
    recommendation: str
    broken: Callable[[Settings], bool]
    severity: str = MEDIUM


def broken_rules(settings: Settings) -> list[Rule]:
    """List the rules that a host breaks, in the guide's order."""
    return [rule for rule in RULES if rule.broken(settings)]


def _root_may_log_in(settings: Settings) -> bool:
    # Where the line is missing, sshd of this age falls back to prohibit-password: root may still log in by key.
    return settings.get("sshd.PermitRootLogin", "prohibit-password") not in ("no", "forced-commands-only")


def _speaks_ssh_1(settings: Settings) -> bool:
    return "1" in settings.get("sshd.Protocol", "2").split(",")


def _takes_passwords(settings: Settings) -> bool:
    return settings.get("sshd.PasswordAuthentication", "yes") != "no"


def _passwords_never_age(settings: Settings) -> bool:
    return not 0 < _number(settings, "login.PASS_MAX_DAYS", _ENDLESS_DAYS) < _ENDLESS_DAYS


def _short_passwords_do(settings: Settings) -> bool:
    return _number(settings, "pwquality.minlen", 0) <= 0


def _simple_passwords_do(settings: Settings) -> bool:
    # A negative credit is a number of characters that must be there (pwquality.conf).
    credits_asked = all(_number(settings, f"pwquality.{kind}credit", 0) < 0 for kind in "ludo")
    return not credits_asked or _number(settings, "pam_unix.remember", 0) < _REMEMBERED_PASSWORDS


def _addresses_are_fixed(settings: Settings) -> bool:
    return settings.get("sysctl.kernel.randomize_va_space", "2") == "0"


def _data_may_run(settings: Settings) -> bool:
    return settings.get("cpu.nx", "enabled") != "enabled"


def _others_write_system_directories(settings: Settings) -> bool:
    modes = [mode for name, mode in settings.items() if _SYSTEM_DIRECTORY.fullmatch(name)]
    return any(int(mode, 8) & _WRITABLE_BY_OTHERS for mode in modes)


def _number(settings: Settings, name: str, default: int) -> int:
    try:
        return int(settings[name])
    except (KeyError, ValueError):
        return default


RULES: tuple[Rule, ...] = (
    Rule(
        "Disable root login over SSH",
        "This rule helps determine whether the SSH daemon is configured to permit logging in to your EC2 instance "
        "as root.",
        "is configured to allow users to log in with root credentials over SSH, without having to use a command "
        "authenticated by a public key. This increases the likelihood of a successful brute-force attack.",
        "It is recommended that you configure your EC2 instance to prevent root logins over SSH. Instead, log in as a "
        "non-root user and use **sudo** to escalate privileges when necessary. To disable SSH root logins, set "
        '**PermitRootLogin** to "no" in **/etc/ssh/sshd_config** and restart sshd.',
        _root_may_log_in,
    ),
    Rule(
        "Support SSH version 2 only",
        "This rule helps determine whether your EC2 instances are configured to support SSH protocol version 1.",
        "is configured to support SSH-1, which contains inherent design flaws that greatly reduce its security.",
        "It is recommended that you configure EC2 instances in your assessment target to support only SSH-2 and later. "
        "For OpenSSH, you can achieve this by setting **Protocol 2** in **/etc/ssh/sshd_config**.",
        _speaks_ssh_1,
    ),
    Rule(
        "Disable password authentication over SSH",
        "This rule helps determine whether your EC2 instances are configured to support password authentication over "
        "the SSH protocol.",
        "is configured to support password authentication over SSH. Password authentication is susceptible to "
        "brute-force attacks and should be disabled in favor of key-based authentication where possible.",
        "It is recommended that you disable password authentication over SSH on your EC2 instances and enable support "
        "for key-based authentication instead. This significantly reduces the likelihood of a successful brute-force "
        "attack.",
        _takes_passwords,
    ),
    Rule(
        "Configure password maximum age",
        "This rule helps determine whether the maximum age for passwords is configured on your EC2 instances.",
        "is not configured for a maximum age for passwords.",
        "If you are using passwords, it is recommended that you configure a maximum age for passwords. To configure it "
        "for all future users, edit the **PASS_MAX_DAYS** field in the **/etc/login.defs** file.",
        _passwords_never_age,
    ),
    Rule(
        "Configure password minimum length",
        "This rule helps determine whether a minimum length for passwords is configured on your EC2 instances.",
        "is not configured for a minimum length for passwords.",
        "If you are using passwords, it is recommended that you configure a minimum length for passwords. Set the "
        "**minlen** parameter of **pam_cracklib.so** in your PAM configuration.",
        _short_passwords_do,
    ),
    Rule(
        "Configure password complexity",
        "This rule helps determine whether a password complexity mechanism is configured on your EC2 instances.",
        "has no password complexity mechanism or restrictions configured. This allows users to set simple passwords, "
        "which increases the chances of unauthorized users gaining access and misusing accounts.",
        "If you are using passwords, it is recommended that you require a level of password complexity. Set "
        "**lcredit**, **ucredit**, **dcredit** and **ocredit** in **pwquality.conf**, and **remember** to 12 or more.",
        _simple_passwords_do,
    ),
    Rule(
        "Enable ASLR",
        "This rule helps determine whether address space layout randomization (ASLR) is enabled on the operating "
        "systems of the EC2 instances in your assessment target.",
        "does not have ASLR enabled.",
        "It is recommended that you enable ASLR by running **echo 2 | sudo tee /proc/sys/kernel/randomize_va_space**.",
        _addresses_are_fixed,
    ),
    Rule(
        "Enable DEP",
        "This rule helps determine whether Data Execution Prevention (DEP) is enabled on the operating systems of the "
        "EC2 instances in your assessment target.",
        "does not have DEP enabled.",
        "It is recommended that you enable DEP on the operating systems of all EC2 instances in your target.",
        _data_may_run,
    ),
    Rule(
        "Configure permissions for system directories",
        "This rule checks permissions on system directories that contain binaries and system configuration "
        "information, to make sure that only the root user has write permissions for these directories.",
        "contains a system directory that is writable by non-root users.",
        "It is recommended that you configure all system directories to be writable only by users who log in by using "
        "root account credentials.",
        _others_write_system_directories,
        HIGH,
    ),
)
