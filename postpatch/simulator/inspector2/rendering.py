"""A finding as ListFindings writes it (botocore: shape Finding; recorded answers of real accounts)."""

from typing import Any

from ..facts import Facts, Vulnerability
from ..hosts.ec2 import Instance, Reachable
from .finding import Finding, Wire
from .vulnerabilities import VulnerablePackage

_NETWORK_ADVICE = (
    "You can restrict access to your instance by modifying the Security Groups or ACLs in the network path."
)

# Severity by port: Inspector user guide, "Network reachability": high for broad access, medium for administration.
_PORT_SEVERITY = {22: "MEDIUM", 3389: "MEDIUM", 80: "LOW", 443: "LOW"}


# Amazon's own words, which advisories use too, for a CVE that has none yet.
_AMAZON_SEVERITY = {"LOW": "Low", "MEDIUM": "Medium", "HIGH": "Important", "CRITICAL": "Critical"}


# Where Amazon publishes a platform's advisories, and what installs its updates.
_AMAZON_LINUX = {"AMAZON_LINUX_2023": ("AL2023", "dnf"), "AMAZON_LINUX_2": ("AL2", "yum")}


def render(finding: Finding, instance: Instance, facts: Facts, account: str, region: str) -> Wire:
    """Write one finding."""
    wire: Wire = {
        "findingArn": finding.arn,
        "awsAccountId": account,
        "type": finding.type,
        "status": finding.shown,
        "firstObservedAt": finding.first_observed_at,
        "lastObservedAt": finding.last_observed_at,
        "updatedAt": finding.updated_at,
        "resources": [_resource(instance, facts.platform, region)],
    }
    if finding.port:
        return wire | _network(finding.port, instance)
    return wire | _package(finding, facts.vulnerabilities[finding.key], facts)


def _resource(instance: Instance, platform: str, region: str) -> Wire:
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
        version = _cvss_version(vulnerability)
        wire["inspectorScore"] = vulnerability.score
        wire["inspectorScoreDetails"] = {
            "adjustedCvss": {
                "scoreSource": "NVD",
                "cvssSource": "NVD",
                "version": version,
                "score": vulnerability.score,
                "scoringVector": vulnerability.vector,
                "adjustments": [],
            }
        }
    return wire


def _details(finding: Finding, vulnerability: Vulnerability, facts: Facts) -> dict[str, Any]:
    folder, updater = _AMAZON_LINUX[facts.platform]
    of_the_system = any(package.manager == "OS" for package in finding.packages)
    advisories = [
        advisory
        for package in finding.packages
        for advisory in facts.advisories_for.get(package.name, ())
        if vulnerability.id in advisory.cves
    ]
    details: dict[str, Any] = {
        "vulnerabilityId": vulnerability.id,
        "source": "AMAZON_CVE" if of_the_system else "NVD",
        "sourceUrl": f"https://alas.aws.amazon.com/cve/json/v1/{vulnerability.id}.json"
        if of_the_system
        else f"https://nvd.nist.gov/vuln/detail/{vulnerability.id}",
        "vendorSeverity": advisories[0].severity if advisories else _AMAZON_SEVERITY[vulnerability.severity],
        "vendorCreatedAt": vulnerability.published,
        "vendorUpdatedAt": max([vulnerability.published, *(advisory.released for advisory in advisories)]),
        "cvss": [],
        "relatedVulnerabilities": [],
        "referenceUrls": sorted({_page(advisory.id, folder) for advisory in advisories}),
        "vulnerablePackages": [_vulnerable(package, updater) for package in finding.packages],
    }
    if vulnerability.score is not None:
        details["cvss"] = [
            {
                "baseScore": vulnerability.score,
                "scoringVector": vulnerability.vector,
                "version": _cvss_version(vulnerability),
                "source": "NVD",
            }
        ]
    return details


def _page(advisory: str, folder: str) -> str:
    # Amazon Linux 2 names its advisories ALAS2-…, and their pages ALAS-….
    return f"https://alas.aws.amazon.com/{folder}/{advisory.replace('ALAS2-', 'ALAS-')}.html"


def _vulnerable(package: VulnerablePackage, updater: str) -> Wire:
    remediation = f"{updater} update {package.name}" if package.manager == "OS" else f"Update {package.name}"
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


def _cvss_version(vulnerability: Vulnerability) -> str:
    head = vulnerability.vector.partition("/")[0]
    return head.removeprefix("CVSS:") if head.startswith("CVSS:") else "3.1"
