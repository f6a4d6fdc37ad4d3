"""CreateFindingsReport and the status of reports: the findings written to S3 as one file.

Source: Inspector API reference, CreateFindingsReport and GetFindingsReportStatus (botocore: shapes Destination,
ReportingErrorCode). AWS documents neither the name of the file nor how its JSON begins: here it is the report's id, and
the document that ListFindings would answer on one page.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..clock import Clock
from ..hosts.buckets import Buckets
from ..ids import Ids
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params
from .filters import Row
from .list_findings import FindingOperations
from .report_csv import as_csv

_TAKES = timedelta(minutes=1)
# "By default only ACTIVE findings are returned in the report" (botocore: documentation of CreateFindingsReport).
_ACTIVE = [{"comparison": "EQUALS", "value": "ACTIVE"}]
_STATUS = "findingStatus"


@dataclass
class Report:
    """One report: what was asked for, how far it is, and why it failed."""

    id: str
    destination: dict[str, Any]
    criteria: dict[str, Any]
    status: str = "IN_PROGRESS"
    error: str = ""


class ReportOperations:
    """Write findings to the buckets that moto keeps, with keys that it keeps too."""

    def __init__(self, findings: FindingOperations, buckets: Buckets, clock: Clock, account: str, region: str) -> None:
        from moto.kms.models import kms_backends

        self._findings, self._buckets, self._clock = findings, buckets, clock
        self._keys: Any = kms_backends[account][region]
        self._region = region
        self._ids = Ids(f"findings reports in {region}")
        self._reports: dict[str, Report] = {}

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateFindingsReport": self.create,
            "GetFindingsReportStatus": self.status,
            "CancelFindingsReport": self.cancel,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """Begin a report of the findings as they are now; it is written a minute later."""
        criteria = params.get("filterCriteria") or {}
        report = Report(self._ids.uuid(), params["s3Destination"], criteria)
        self._reports[report.id] = report
        rows = self._findings.rows({_STATUS: _ACTIVE, **criteria})
        written = _as_json(rows) if params["reportFormat"] == "JSON" else as_csv(rows, self._clock.now())
        report.error = self._refused(report.destination) or ("" if rows else "NO_FINDINGS_FOUND")
        name = f"{report.id}.{params['reportFormat'].lower()}"
        self._clock.after(_TAKES, lambda: self._finish(report, name, written))
        return {"reportId": report.id}

    def status(self, params: Params) -> dict[str, Any]:
        """Tell how far a report is; without an id, that of the newest."""
        report = self._report(params.get("reportId") or next(reversed(self._reports), ""))
        told: dict[str, Any] = {
            "reportId": report.id,
            "status": report.status,
            "destination": report.destination,
            "filterCriteria": report.criteria,
        }
        if report.status == "FAILED":
            told |= {"errorCode": report.error, "errorMessage": report.error.replace("_", " ").capitalize()}
        return told

    def cancel(self, params: Params) -> dict[str, Any]:
        """Stop a report that is not written yet."""
        report = self._report(params["reportId"])
        if report.status == "IN_PROGRESS":
            report.status = "CANCELLED"
        return {"reportId": report.id}

    def _finish(self, report: Report, name: str, written: bytes) -> None:
        if report.status != "IN_PROGRESS":
            return
        report.status = "FAILED" if report.error else "SUCCEEDED"
        if not report.error:
            prefix = report.destination.get("keyPrefix", "").rstrip("/")
            self._buckets.write(report.destination["bucketName"], f"{prefix}/{name}" if prefix else name, written)

    def _refused(self, destination: dict[str, Any]) -> str:
        region = self._buckets.region_of(destination["bucketName"])
        if region is None:
            return "BUCKET_NOT_FOUND"
        if region != self._region:
            return "INCOMPATIBLE_BUCKET_REGION"
        known = {key.arn for key in self._keys.keys.values()}
        return "" if destination["kmsKeyArn"] in known else "MALFORMED_KMS_KEY"

    def _report(self, report_id: str) -> Report:
        if report_id not in self._reports:
            raise AwsError("ResourceNotFoundException", f"There is no report {report_id}", status=404)
        return self._reports[report_id]


def _as_json(rows: list[Row]) -> bytes:
    return json.dumps({"findings": rows}, default=_in_words).encode()


def _in_words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
