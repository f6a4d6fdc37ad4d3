"""How a fresh host is set up, as far as the CIS checks look: one of Amazon Linux 2023, and one of Windows.

Names are `area.setting`; values are what the host's own files and commands would tell.
"""

FRESH_AL2023: dict[str, str] = {
    "mount./tmp": "separate",
    "mount./var": "root",
    "mount./dev/shm.options": "nosuid,nodev",
    "kernel.module.cramfs": "available",
    "sysctl.kernel.randomize_va_space": "2",
    "sysctl.net.ipv4.ip_forward": "0",
    "sysctl.net.ipv4.conf.all.send_redirects": "1",
    "sysctl.net.ipv4.conf.all.accept_source_route": "0",
    "sysctl.net.ipv4.tcp_syncookies": "1",
    "selinux.mode": "permissive",
    "service.chronyd": "enabled",
    "service.rsyslog": "absent",
    "service.auditd": "enabled",
    "file./etc/ssh/sshd_config.mode": "0600",
    "file./etc/passwd.mode": "0644",
    "file./etc/shadow.mode": "0000",
    "file./etc/crontab.mode": "0644",
    "login.PASS_MAX_DAYS": "99999",
    "login.UMASK": "022",
    "sshd.PermitRootLogin": "no",
    "sshd.PermitEmptyPasswords": "no",
    "sshd.PasswordAuthentication": "no",
    "sshd.HostbasedAuthentication": "no",
    "sshd.IgnoreRhosts": "yes",
    "sshd.MaxAuthTries": "6",
    "sshd.LoginGraceTime": "120",
    "sshd.UsePAM": "yes",
    "sshd.PermitUserEnvironment": "no",
    "sshd.LogLevel": "INFO",
    "sshd.Banner": "none",
}

FRESH_WINDOWS: dict[str, str] = {
    "windows.MinimumPasswordLength": "0",
    "windows.FirewallDomain": "On",
    "windows.NetworkLevelAuthentication": "Enabled",
}
