"""What the static server answers, an operation each: Inspector, the account and its hosts, and Systems Manager."""

import json
import time
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from bench.answers_ssm import SystemsManager
from bench.rows import ACCOUNT, CHECKS, SCAN, TAG, host_id, number_of

_EC2_PAGE = 1000

Asked = dict[str, Any]


class Answers(SystemsManager):
    """The answers about a fleet; a method each, named after the operation or the path of its call."""

    def findings_list(self, asked: Asked) -> str:
        """Return a page of ListFindings: the findings of one host of the filter."""
        hosts = [one["value"] for one in asked["filterCriteria"].get("resourceId", ())]
        return self._by_host("findings", hosts, asked, self.fleet.findings_of)

    def cis_scan_result_details_get(self, asked: Asked) -> str:
        """Return a page of GetCisScanResultDetails: all checks of the host."""
        return f'{{"scanResultDetails":[{self.fleet.checks_of(asked["targetResourceId"])}]}}'

    def coverage_list(self, asked: Asked) -> str:
        """Return the coverage of the hosts of the filter, scanned just now; all have the tag."""
        now = time.time() + 1
        hosts = [one["value"] for one in asked["filterCriteria"].get("resourceId", ())]
        rest: dict[str, str] = {}
        if "ec2InstanceTags" in asked["filterCriteria"]:
            hosts, rest = self.page(asked, 200)
        rows = [
            {
                "accountId": ACCOUNT,
                "lastScannedAt": now,
                "resourceId": host,
                "resourceMetadata": {"ec2": {"amiId": "ami-00000000000000001", "platform": "LINUX"}},
                "resourceType": "AWS_EC2_INSTANCE",
                "scanMode": "EC2_SSM_AGENT_BASED",
                "scanStatus": {"reason": "SUCCESSFUL", "statusCode": "ACTIVE"},
                "scanType": "PACKAGE",
            }
            for host in hosts
        ]
        return json.dumps({"coveredResources": rows, **rest})

    def status_batch_get(self, _: Asked) -> str:
        """Return that EC2 scanning is on."""
        on = {"status": "ENABLED", "errorCode": None, "errorMessage": None}
        state = {"ec2": on, "ecr": on, "lambda": on, "lambdaCode": on}
        return json.dumps({"accounts": [{"accountId": ACCOUNT, "state": on, "resourceState": state}]})

    def cis_scan_configuration_create(self, _: Asked) -> str:
        """Return the configuration of a CIS scan, which ends at once."""
        return json.dumps({"scanConfigurationArn": SCAN.replace("cis-scan", "cis-configuration")})

    def cis_scan_list(self, _: Asked) -> str:
        """Return the scan."""
        return json.dumps(
            {"scans": [{"scanArn": SCAN, "status": "COMPLETED", "scanDate": time.time(), "scanConfigurationArn": ""}]}
        )

    def cis_scan_result_resource_list(self, asked: Asked) -> str:
        """Return a page of each host's part in the scan."""
        page, rest = self.page(asked, 100)
        counts = {"failed": 3, "passed": CHECKS - 3, "skipped": 0}
        rows = [
            {
                "scanArn": SCAN,
                "targetResourceId": host,
                "accountId": ACCOUNT,
                "targetStatus": "COMPLETED",
                "statusCounts": counts,
            }
            for host in page
        ]
        return json.dumps({"targetResourceAggregations": rows, **rest})

    def ec2deepinspectionconfiguration_get(self, _: Asked) -> str:
        """Return that deep inspection is on."""
        return json.dumps({"status": "ACTIVATED", "packagePaths": [], "orgPackagePaths": []})

    def configuration_get(self, _: Asked) -> str:
        """Return no VM scanner."""
        return json.dumps(
            {"ec2Configuration": {"scanModeState": {"scanMode": "EC2_SSM_AGENT_BASED", "scanModeStatus": "SUCCESS"}}}
        )

    def filters_list(self, _: Asked) -> str:
        """Return no suppression rule."""
        return json.dumps({"filters": []})

    def GetCallerIdentity(self, _: Asked) -> str:
        """Return the caller."""
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/patching/bench"
        inner = f"<Account>{ACCOUNT}</Account><Arn>{arn}</Arn><UserId>AROA:bench</UserId>"
        return _within(inner, "GetCallerIdentityResponse", "GetCallerIdentityResult")

    def DescribeInstances(self, asked: Asked) -> str:
        """Return a page of the instances: those of the filter on ids, or all."""
        named = [
            host_id(number_of(value)) for name, value in asked.items() if ".Value" in name and value.startswith("i-")
        ]
        page, rest = self.page({"nextToken": asked.get("NextToken")}, _EC2_PAGE, named or None)
        token = f"<nextToken>{rest['nextToken']}</nextToken>" if rest else ""
        items = "".join(_instance(host) for host in page)
        reservations = _within(items, "reservationSet", "item", "instancesSet")
        return _within(reservations + token, "DescribeInstancesResponse")

    def _by_host(self, name: str, hosts: list[str], asked: Asked, render: Callable[[str], str]) -> str:
        at = int(asked.get("nextToken") or 0)
        token = f',"nextToken":"{at + 1}"' if at + 1 < len(hosts) else ""
        return f'{{"{name}":[{render(hosts[at]) if hosts else ""}]{token}}}'


def _within(inner: str, *names: str) -> str:
    for name in reversed(names):
        inner = f"<{name}>{inner}</{name}>"
    return inner


def _instance(host: str) -> str:
    name, value = (escape(one) for one in TAG)
    tags = f"<item><key>{name}</key><value>{value}</value></item>"
    return (
        f"<item><instanceId>{host}</instanceId><imageId>ami-00000000000000001</imageId><instanceState><code>16</code>"
        f"<name>running</name></instanceState><launchTime>2026-01-01T00:00:00.000Z</launchTime><tagSet>{tags}</tagSet></item>"
    )
