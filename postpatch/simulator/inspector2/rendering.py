"""A finding as ListFindings writes it (botocore: shape Finding; recorded answers of real accounts)."""

from typing import Any

from ..facts import Advisory, Facts, System, Vulnerability
from ..hosts.ec2 import Instance, Reachable
from .finding import Finding, Wire
from .rendering_windows import render_update
from .scoring import cvss_version, score_of
from .vulnerabilities import VulnerablePackage

_NVD = "https://nvd.nist.gov/vuln/detail/{}"

_NETWORK_ADVICE = (
    "You can restrict access to your instance by modifying the Security Groups or ACLs in the network path."
)

# Severity by port: Inspector user guide, "Network reachability": high for broad access, medium for administration.
_PORT_SEVERITY = {22: "MEDIUM", 3389: "MEDIUM", 80: "LOW", 443: "LOW"}


def render(finding: Finding, instance: Instance, facts: Facts, account: str, resource: Wire) -> Wire:
    """Write one finding of a host; `resource` is the host as all its findings have it."""
    wire: Wire = {
        "findingArn": finding.arn,
        "awsAccountId": account,
        "type": finding.type,
        "status": finding.shown,
        "firstObservedAt": finding.first_observed_at,
        "lastObservedAt": finding.last_observed_at,
        "updatedAt": finding.updated_at,
        "resources": [resource],
    }
    if finding.port:
        return wire | _network(finding.port, instance)
    if finding.of.update:
        return wire | render_update(finding, finding.of.update, facts)
    return wire | _package(finding, facts.vulnerabilities[finding.key], facts)


def resource_of(instance: Instance, platform: str, region: str) -> Wire:
    """Write a host as its findings have it: once for all of them, since there may be many."""
    details = {
        "type": instance.type,
        "imageId": instance.image_id,
        "ipV4Addresses": list(instance.addresses),
        "ipV6Addresses": [],
        "keyName": instance.key_name,
        "iamInstanceProfileArn": instance.profile_arn,
        "vpcId": instance.vpc_id,
        "subnetId": instance.subnet_id,
        "launchedAt": instance.launched_at,
        "platform": platform,
    }
    return {
        "type": "AWS_EC2_INSTANCE",
        "id": instance.instance_id,
        "partition": "aws",
        "region": region,
        "tags": dict(instance.tags),
        "details": {"awsEc2Instance": details},
    }


def _network(port: Reachable, instance: Instance) -> Wire:
    one = port.begin == port.end
    title = f"Port {port.begin}" if one else f"Port range {port.begin} to {port.end}"
    span = f"port {port.begin}" if one else f"port range {port.begin}-{port.end}"
    gateway, interface = port.path[0][0], port.path[-2][0]
    return {
        "title": f"{title} is reachable from an Internet Gateway - {port.protocol}",
        "description": f"On the instance {instance.instance_id}, the {span} is reachable from the InternetGateway "
        f"{gateway} from an attached ENI {interface}.",
        "severity": _PORT_SEVERITY.get(port.begin, "MEDIUM") if one else "HIGH",
        "remediation": {"recommendation": {"text": _NETWORK_ADVICE}},
        "networkReachabilityDetails": {
            "openPortRange": {"begin": port.begin, "end": port.end},
            "protocol": port.protocol,
            "networkPath": {"steps": [{"componentId": name, "componentType": kind} for name, kind in port.path]},
        },
    }


def _package(finding: Finding, vulnerability: Vulnerability, facts: Facts) -> Wire:
    wire: Wire = {
        "title": _title(vulnerability.id, [package.name for package in finding.packages]),
        "description": vulnerability.summary[:1024] or vulnerability.id,
        "severity": vulnerability.severity,
        "remediation": {"recommendation": {"text": "None Provided"}},
        "fixAvailable": finding.fix_available,
        "exploitAvailable": "YES" if vulnerability.exploit_available else "NO",
        "packageVulnerabilityDetails": _details(finding, vulnerability, facts),
    }
    if vulnerability.epss is not None:
        wire["epss"] = {"score": vulnerability.epss}
    if vulnerability.score is not None:
        wire |= score_of(vulnerability)
    return wire


def _details(finding: Finding, vulnerability: Vulnerability, facts: Facts) -> dict[str, Any]:
    system = facts.system
    of_the_system = any(package.manager == "OS" for package in finding.packages)
    advisories = [
        advisory
        for package in finding.packages
        for advisory in facts.advisories_for.get(package.name, ())
        if vulnerability.id in advisory.cves
    ]
    details: dict[str, Any] = {
        "vulnerabilityId": vulnerability.id,
        "source": system.source if of_the_system else "NVD",
        "sourceUrl": (system.source_url if of_the_system else _NVD).format(vulnerability.id),
        "vendorSeverity": advisories[0].severity if advisories else system.vendor_severities[vulnerability.severity],
        "vendorCreatedAt": vulnerability.published,
        "vendorUpdatedAt": max([vulnerability.published, *(advisory.released for advisory in advisories)]),
        "cvss": [],
        "relatedVulnerabilities": _related(advisories, system),
        "referenceUrls": sorted({_page(advisory.id, system) for advisory in advisories}),
        "vulnerablePackages": [_vulnerable(package, system) for package in finding.packages],
    }
    if vulnerability.score is not None:
        details["cvss"] = [
            {
                "baseScore": vulnerability.score,
                "scoringVector": vulnerability.vector,
                "version": cvss_version(vulnerability),
                "source": "NVD",
            }
        ]
    return details


def _related(advisories: list[Advisory], system: System) -> list[str]:
    # Recorded findings of Amazon Linux name its advisories; of other systems nothing was seen.
    return sorted({advisory.id for advisory in advisories}) if system.source == "AMAZON_CVE" else []


def _page(advisory: str, system: System) -> str:
    # Amazon Linux 2 names its advisories ALAS2-…, and their pages ALAS-….
    return system.advisory_page.format(advisory.replace("ALAS2-", "ALAS-"))


def _vulnerable(package: VulnerablePackage, system: System) -> Wire:
    remediation = f"{system.updater} {package.name}" if package.manager == "OS" else f"Update {package.name}"
    return {
        "name": package.name,
        "version": package.version,
        "epoch": package.epoch if package.epoch is not None else 0,
        "release": package.release,
        "arch": package.arch,
        "packageManager": package.manager,
        "filePath": package.path,
        "fixedInVersion": package.fixed_in,
        "remediation": remediation if package.fixable else package.fixed_in,
    }


def _title(cve: str, names: list[str]) -> str:
    shown = ", ".join(names[:2])
    return f"{cve} - {shown}" + (f" and {len(names) - 2} more" if len(names) > 2 else "")
