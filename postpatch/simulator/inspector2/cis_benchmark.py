"""The checks of a CIS scan, each judged from a host's settings.

A selection of the benchmark that Inspector names "CIS Amazon Linux 2023 Benchmark 1.0.0", titles as Inspector writes
them. AWS does not publish the benchmark's check ids; those here follow the numbering of CIS's current Linux benchmarks,
so match a check by its title. Other Linux systems are judged by the same selection, which CIS's benchmarks for them
have too; of the benchmarks for Windows Server there are three checks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..hosts.host import Host

_SAFE_LENGTH = 14
LEVEL_1, LEVEL_2 = "LEVEL_1", "LEVEL_2"

Judge = Callable[[str], bool]


@dataclass(frozen=True)
class Check:
    """One check: the setting it looks at, and what that must be. A setting that a host does not have skips it."""

    id: str
    title: str
    setting: str
    passes: Judge
    remediation: str
    level: str = LEVEL_1

    def judge(self, host: Host) -> str:
        """Judge one host: PASSED, FAILED or SKIPPED."""
        value = host.settings.get(self.setting)
        if value is None:
            return "SKIPPED"
        return "PASSED" if self.passes(value) else "FAILED"


def _is(*wanted: str) -> Judge:
    return lambda value: value in wanted


def _at_most(limit: int) -> Judge:
    return lambda value: value.isdigit() and 0 < int(value) <= limit


def _sshd(number: str, name: str, title: str, passes: Judge, wanted: str) -> Check:
    remediation = f"Edit /etc/ssh/sshd_config and set: {name} {wanted}"
    return Check(number, title, f"sshd.{name}", passes, remediation)


def _sysctl(number: str, key: str, title: str, wanted: str) -> Check:
    remediation = f"Set {key} = {wanted} in /etc/sysctl.d/60-netipv4_sysctl.conf and run: sysctl -w {key}={wanted}"
    return Check(number, title, f"sysctl.{key}", _is(wanted), remediation)


def _mode(number: str, path: str, modes: tuple[str, ...]) -> Check:
    title = f"Ensure permissions on {path} are configured"
    return Check(number, title, f"file.{path}.mode", _is(*modes), f"Run: chmod {modes[0]} {path}")


CHECKS: tuple[Check, ...] = (
    Check(
        "1.1.1.1",
        "Ensure mounting of cramfs is disabled",
        "kernel.module.cramfs",
        _is("disabled"),
        "Add 'install cramfs /bin/false' to /etc/modprobe.d/cramfs.conf",
    ),
    Check(
        "1.1.2.1.1",
        "Ensure /tmp is a separate partition",
        "mount./tmp",
        _is("separate"),
        "Mount /tmp on a partition of its own",
    ),
    Check(
        "1.1.2.4.1",
        "Ensure separate partition exists for /var",
        "mount./var",
        _is("separate"),
        "Mount /var on a partition of its own",
        LEVEL_2,
    ),
    Check(
        "1.1.2.2.4",
        "Ensure noexec option set on /dev/shm partition",
        "mount./dev/shm.options",
        lambda options: "noexec" in options.split(","),
        "Add noexec to the options of /dev/shm in /etc/fstab",
    ),
    Check(
        "1.3.1.5",
        "Ensure the SELinux mode is enforcing",
        "selinux.mode",
        _is("enforcing"),
        "Set SELINUX=enforcing in /etc/selinux/config",
        LEVEL_2,
    ),
    _sysctl(
        "1.5.1",
        "kernel.randomize_va_space",
        "Ensure address space layout randomization is enabled",
        "2",
    ),
    Check(
        "2.3.1",
        "Ensure time synchronization is in use",
        "service.chronyd",
        _is("enabled"),
        "Run: dnf install chrony && systemctl enable --now chronyd",
    ),
    _sysctl("3.3.1", "net.ipv4.ip_forward", "Ensure ip forwarding is disabled", "0"),
    _sysctl(
        "3.3.2",
        "net.ipv4.conf.all.send_redirects",
        "Ensure packet redirect sending is disabled",
        "0",
    ),
    _sysctl(
        "3.3.8",
        "net.ipv4.conf.all.accept_source_route",
        "Ensure source routed packets are not accepted",
        "0",
    ),
    _sysctl("3.3.10", "net.ipv4.tcp_syncookies", "Ensure tcp syn cookies is enabled", "1"),
    _mode("5.1.1", "/etc/ssh/sshd_config", ("0600",)),
    _sshd("5.1.8", "Banner", "Ensure sshd Banner is configured", lambda value: value != "none", "/etc/issue.net"),
    _sshd("5.1.12", "HostbasedAuthentication", "Ensure sshd HostbasedAuthentication is disabled", _is("no"), "no"),
    _sshd("5.1.13", "IgnoreRhosts", "Ensure sshd IgnoreRhosts is enabled", _is("yes"), "yes"),
    _sshd("5.1.14", "LoginGraceTime", "Ensure sshd LoginGraceTime is configured", _at_most(60), "60"),
    _sshd("5.1.15", "LogLevel", "Ensure sshd LogLevel is configured", _is("INFO", "VERBOSE"), "VERBOSE"),
    _sshd("5.1.16", "MaxAuthTries", "Ensure sshd MaxAuthTries is configured", _at_most(4), "4"),
    _sshd("5.1.19", "PermitEmptyPasswords", "Ensure sshd PermitEmptyPasswords is disabled", _is("no"), "no"),
    _sshd("5.1.20", "PermitRootLogin", "Ensure sshd PermitRootLogin is disabled", _is("no"), "no"),
    _sshd("5.1.21", "PermitUserEnvironment", "Ensure sshd PermitUserEnvironment is disabled", _is("no"), "no"),
    _sshd("5.1.22", "UsePAM", "Ensure sshd UsePAM is enabled", _is("yes"), "yes"),
    Check(
        "5.4.1.1",
        "Ensure password expiration is configured",
        "login.PASS_MAX_DAYS",
        _at_most(365),
        "Set PASS_MAX_DAYS 365 in /etc/login.defs",
    ),
    Check(
        "5.4.3.3",
        "Ensure default user umask is configured",
        "login.UMASK",
        _is("027", "077"),
        "Set UMASK 027 in /etc/login.defs",
    ),
    Check(
        "6.2.3.1",
        "Ensure rsyslog is installed",
        "service.rsyslog",
        _is("enabled"),
        "Run: dnf install rsyslog",
    ),
    Check(
        "6.3.1.4",
        "Ensure auditd service is enabled",
        "service.auditd",
        _is("enabled"),
        "Run: systemctl enable --now auditd",
        LEVEL_2,
    ),
    _mode("7.1.1", "/etc/passwd", ("0644", "0600")),
    _mode("7.1.5", "/etc/shadow", ("0000",)),
    Check(
        "7.1.13",
        "Ensure SUID and SGID files are reviewed",
        "manual.suid",
        _is("reviewed"),
        "Review the files that the scan lists",
    ),
)


_WINDOWS_CHECKS = (
    Check(
        "1.1.4",
        "(L1) Ensure 'Minimum password length' is set to '14 or more character(s)'",
        "windows.MinimumPasswordLength",
        lambda value: int(value) >= _SAFE_LENGTH,
        "Set Minimum password length to 14 in the account policies",
    ),
    Check(
        "9.1.1",
        "(L1) Ensure 'Windows Firewall: Domain: Firewall state' is set to 'On (recommended)'",
        "windows.FirewallDomain",
        _is("On"),
        "Set the firewall state of the domain profile to On",
    ),
    Check(
        "18.10.57.3.9.4",
        "(L1) Ensure 'Require user authentication for remote connections by using Network Level Authentication' is set "
        "to 'Enabled'",
        "windows.NetworkLevelAuthentication",
        _is("Enabled"),
        "Enable Require user authentication for remote connections by using Network Level Authentication",
    ),
)


def checks_of(level: str, *, windows: bool = False) -> tuple[Check, ...]:
    """List the checks of a security level for one kind of system; level 2 includes level 1."""
    checks = _WINDOWS_CHECKS if windows else CHECKS
    return checks if level == LEVEL_2 else tuple(check for check in checks if check.level == LEVEL_1)
