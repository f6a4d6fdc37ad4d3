"""The rules packages of each Region, and the operations that tell of them."""

from dataclasses import dataclass
from typing import Any

from ..wire.front import Operations
from ..wire.reading import Params
from .arns import RULES_PACKAGE, Arns
from .listing import Lists, describe

CVE, CIS, NETWORK, BEST_PRACTICES = "CVE", "CIS", "NET", "SBP"

# Amazon Inspector Classic user guide, "Amazon Inspector ARNs for rules packages": AWS's account in each Region, and
# the packages' ids there, in the order CVE, CIS, network reachability, security best practices.
_BY_REGION: dict[str, tuple[str, str, str, str, str]] = {
    "us-east-1": ("316112463485", "0-gEjTy7T7", "0-rExsr2X8", "0-PmNV0Tcd", "0-R01qwB5Q"),
    "us-east-2": ("646659390643", "0-JnA8Zp85", "0-m8r61nnh", "0-cE4kTR30", "0-AxKmMHPX"),
    "us-west-1": ("166987590008", "0-TKgzoVOa", "0-xUY8iRqX", "0-TxmXimXF", "0-byoQRFYm"),
    "us-west-2": ("758058086616", "0-9hgA516p", "0-H5hpSawc", "0-rD1z6dpl", "0-JJOtZiqQ"),
    "ap-south-1": ("162588757376", "0-LqnJE9dO", "0-PSUlX14m", "0-YxKfjFu1", "0-fs0IZZBj"),
    "ap-southeast-2": ("454640832652", "0-D5TGAxiR", "0-Vkd2Vxjq", "0-FLcuV4Gz", "0-asL6HRgN"),
    "ap-northeast-2": ("526946625049", "0-PoGHMznc", "0-T9srhg1z", "0-s3OmLzhL", "0-2WRpmi4n"),
    "ap-northeast-1": ("406045910587", "0-gHP9oWNT", "0-7WNjqgGu", "0-YI95DVd7", "0-bBUQnxMq"),
    "eu-west-1": ("357557129151", "0-ubA5XvBh", "0-sJBhCr0F", "0-SPzU33xe", "0-SnojL3Z6"),
    "eu-west-2": ("146838936955", "0-kZGCqcE1", "0-IeCjwf1W", "0-AizSYyNq", "0-XApUiSaP"),
    "eu-central-1": ("537503971621", "0-wNqHa8M9", "0-nZrAVuv8", "0-6yunpJ91", "0-ZujVHEPB"),
    "us-gov-east-1": ("206278770380", "0-3IFKFuOb", "0-pTLCdIww", "", "0-vlgEGcVD"),
    "us-gov-west-1": ("850862329162", "0-4oQgcI4G", "0-Ac4CFOuc", "", "0-rOTGqe5G"),
}

# Names and versions as the tutorial's screenshots and AWS's guide have them; the provider as in botocore's example.
_TOLD = {
    CVE: (
        "Common Vulnerabilities and Exposures",
        "1.1",
        "The rules in this package help verify whether the EC2 instances in your assessment targets are exposed to "
        "common vulnerabilities and exposures (CVEs).",
    ),
    CIS: (
        "CIS Operating System Security Configuration Benchmarks",
        "1.0",
        "The CIS Security Benchmarks program provides well-defined, un-biased and consensus-based industry best "
        "practices to help organizations assess and improve their security.",
    ),
    NETWORK: (
        "Network Reachability",
        "1.1",
        "These rules analyze the reachability of your instances over the network.",
    ),
    BEST_PRACTICES: (
        "Security Best Practices",
        "1.0",
        "The rules in this package help determine whether your systems are configured securely.",
    ),
}
_PROVIDER = "Amazon Web Services, Inc."


@dataclass(frozen=True)
class RulesPackage:
    """One rules package of a Region; `key` says which of the four it is."""

    arn: str
    key: str
    name: str
    version: str
    description: str


def rules_packages_of(region: str) -> dict[str, RulesPackage]:
    """Return the rules packages of a Region by ARN; a Region where Classic never was has none."""
    if region not in _BY_REGION:
        return {}
    owner, *ids = _BY_REGION[region]
    partition = "aws-us-gov" if region.startswith("us-gov-") else "aws"
    packages = [
        RulesPackage(f"arn:{partition}:inspector:{region}:{owner}:rulespackage/{package_id}", key, *_TOLD[key])
        for key, package_id in zip((CVE, CIS, NETWORK, BEST_PRACTICES), ids, strict=True)
        if package_id
    ]
    return {package.arn: package for package in packages}


class RulesPackageOperations:
    """Answer what callers ask about rules packages."""

    def __init__(self, packages: dict[str, RulesPackage], arns: Arns, lists: Lists) -> None:
        self._packages, self._arns, self._lists = packages, arns, lists

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListRulesPackages": self.list_packages, "DescribeRulesPackages": self.describe_packages}

    def list_packages(self, params: Params) -> dict[str, Any]:
        """List the ARNs of the Region's rules packages."""
        rows, token = self._lists.cut("ListRulesPackages", params, lambda: list(self._packages))
        return {"rulesPackageArns": rows, "nextToken": token}

    def describe_packages(self, params: Params) -> dict[str, Any]:
        """Describe up to ten rules packages."""
        found, failed = describe(self._arns, RULES_PACKAGE, params["rulesPackageArns"], self._packages)
        rows = [
            {
                "arn": package.arn,
                "name": package.name,
                "version": package.version,
                "provider": _PROVIDER,
                "description": package.description,
            }
            for package in found
        ]
        return {"rulesPackages": rows, "failedItems": failed}
