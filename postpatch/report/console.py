"""Addresses of AWS's console and of the pages about a vulnerability.

Partitions by the prefix of the region, as botocore's partitions.json has them (`regionRegex`), with the console's
domain of each; of a partition that is not known here there are no links. Inspector's console has no documented address
of one finding: its list is linked, and the finding's ARN is beside it.
"""

import re
from urllib.parse import quote

from postpatch.model import is_hybrid

_DOMAINS = (
    ("cn-", "console.amazonaws.cn"),
    ("us-gov-", "console.amazonaws-us-gov.com"),
)
_AWS = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-(?!iso|gov)[a-z]+-\d+")
_ADVISORIES = (
    (re.compile(r"CVE-\d{4}-\d{4,}"), "https://nvd.nist.gov/vuln/detail/{0}"),
    (re.compile(r"KB(\d{6,8})"), "https://support.microsoft.com/help/{1}"),
    (re.compile(r"ALAS2-(\d{4}-\d+)"), "https://alas.aws.amazon.com/AL2/ALAS-{1}.html"),
    (re.compile(r"ALAS2023-(\d{4}-\d+)"), "https://alas.aws.amazon.com/AL2023/ALAS-{1}.html"),
    (re.compile(r"RH[SBE]A-\d{4}:\d+"), "https://access.redhat.com/errata/{0}"),
    (re.compile(r"USN-\d+-\d+"), "https://ubuntu.com/security/notices/{0}"),
    (re.compile(r"DSA-\d+-\d+"), "https://security-tracker.debian.org/tracker/{0}"),
    (re.compile(r"GHSA(-[0-9a-z]{4}){3}"), "https://github.com/advisories/{0}"),
)


def console(region: str) -> str:
    """Return the address of a region's console, or nothing where its domain is not known."""
    for prefix, domain in _DOMAINS:
        if re.fullmatch(rf"{prefix}[a-z]+-\d+", region):
            return f"https://{region}.{domain}"
    return f"https://{region}.console.aws.amazon.com" if _AWS.fullmatch(region) else ""


def instance(region: str, host: str) -> str:
    """Return the address of an EC2 instance, or of a managed node; nothing where the console is not known."""
    if is_hybrid(host):
        return _at(region, f"systems-manager/managed-instances/{quote(host)}/description?region={region}")
    return _at(region, f"ec2/home?region={region}#InstanceDetails:instanceId={quote(host)}")


def findings(region: str) -> str:
    """Return the address of Inspector's list of findings."""
    return _at(region, f"inspector/v2/home?region={region}#/findings/all")


def window(region: str, window_id: str) -> str:
    """Return the address of a maintenance window."""
    return _at(region, f"systems-manager/maintenance-windows/{quote(window_id)}/description?region={region}")


def command(region: str, command_id: str) -> str:
    """Return the address of a command of Run Command."""
    return _at(region, f"systems-manager/run-command/{quote(command_id)}?region={region}")


def advisory(vulnerability: str) -> str:
    """Return the address of the page about a CVE, an update (KB) or a vendor's advisory; nothing for other ids."""
    for pattern, address in _ADVISORIES:
        if found := pattern.fullmatch(vulnerability):
            return address.format(found[0], *found.groups())
    return ""


def _at(region: str, path: str) -> str:
    base = console(region)
    return f"{base}/{path}" if base else ""
