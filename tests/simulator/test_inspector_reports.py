"""Findings reports that the simulated Inspector writes to S3: recorded mode reads of them what ListFindings has."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from postpatch.evidence.exports import read_export
from postpatch.translation.finding import finding_rows
from tests.simulator.asking import equals

BUCKET = "example-findings"
ALL = [{"comparison": "EQUALS", "value": status} for status in ("ACTIVE", "CLOSED", "SUPPRESSED")]


@pytest.fixture
def destination(aws):
    """Return a bucket and a key, as a report needs them."""
    aws.client("s3").create_bucket(Bucket=BUCKET)
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    return {"bucketName": BUCKET, "keyPrefix": "reports/", "kmsKeyArn": key}


def create(aws, destination, form="JSON", **criteria):
    """Ask for a report, wait until it is done, and return its status."""
    inspector = aws.client("inspector2")
    asked = {"filterCriteria": criteria} if criteria else {}
    report = inspector.create_findings_report(reportFormat=form, s3Destination=destination, **asked)["reportId"]
    assert inspector.get_findings_report_status(reportId=report)["status"] == "IN_PROGRESS"
    aws.clock.advance(timedelta(minutes=2))
    status = inspector.get_findings_report_status(reportId=report)
    assert inspector.get_findings_report_status()["reportId"] == report
    return status


def stored(aws, folder: Path) -> Path:
    """Return the one report in the bucket, as a file."""
    (one,) = aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert one["Key"].startswith("reports/")
    path = folder / one["Key"].rpartition("/")[2]
    path.write_bytes(aws.client("s3").get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read())
    return path


def listed(aws):
    """Return the rows of ListFindings, of all statuses, to the millisecond."""
    pages = aws.client("inspector2").get_paginator("list_findings").paginate()
    return {row.arn: row for page in pages for one in page["findings"] for row in finding_rows(one)}


def in_milliseconds(moment):
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def comparable(row, **without):
    times = ("first_observed_at", "last_observed_at", "updated_at", "disclosed_at")
    return replace(row, **{name: in_milliseconds(getattr(row, name)) for name in times}, **without)


def test_a_report_in_json_holds_what_is_listed(aws, destination, tmp_path):
    """Every finding, of all statuses that were asked for, with all that is read of one."""
    assert create(aws, destination, findingStatus=ALL)["status"] == "SUCCEEDED"
    export = read_export(stored(aws, tmp_path))
    assert {row.arn: comparable(row) for row in export} == {arn: comparable(row) for arn, row in listed(aws).items()}
    assert export.asked == ""


def test_a_report_in_csv_holds_what_is_listed(aws, destination, tmp_path):
    """Identity, status, rating and fix; its columns have no related vulnerabilities, and put versions together."""
    assert create(aws, destination, "CSV", findingStatus=ALL)["status"] == "SUCCEEDED"
    export = read_export(stored(aws, tmp_path))

    def seen(row):
        packages = tuple((one.name, one.manager, one.fixed_in, one.file_path) for one in row.packages)
        return comparable(row, packages=packages, related=(), protocol=row.protocol)

    assert {row.arn: seen(row) for row in export} == {arn: seen(row) for arn, row in listed(aws).items()}


def test_without_a_status_a_report_holds_active_findings_alone(aws, destination, tmp_path):
    """As AWS documents it; a filter narrows it further."""
    host = next(iter(listed(aws).values())).host
    create(aws, destination, resourceId=equals(host))
    rows = list(read_export(stored(aws, tmp_path)))
    assert {(row.host, row.status) for row in rows} == {(host, "ACTIVE")}


@pytest.mark.parametrize(
    ("changes", "criteria", "code"),
    [
        ({"bucketName": "no-such-bucket"}, {}, "BUCKET_NOT_FOUND"),
        ({"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/none"}, {}, "MALFORMED_KMS_KEY"),
        ({}, {"resourceId": [{"comparison": "EQUALS", "value": "i-0"}]}, "NO_FINDINGS_FOUND"),
    ],
)
def test_a_report_that_cannot_be_written_has_failed(aws, destination, changes, criteria, code):
    """With AWS's code, and nothing in S3."""
    status = create(aws, destination | changes, **criteria)
    assert (status["status"], status["errorCode"]) == ("FAILED", code)
    assert aws.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_a_bucket_of_another_region_is_refused(aws, destination):
    """A report is written in its own Region alone."""
    elsewhere = {"LocationConstraint": "eu-west-1"}
    aws.client("s3").create_bucket(Bucket="elsewhere", CreateBucketConfiguration=elsewhere)
    status = create(aws, destination | {"bucketName": "elsewhere"})
    assert (status["status"], status["errorCode"]) == ("FAILED", "INCOMPATIBLE_BUCKET_REGION")


def test_a_report_that_is_cancelled_is_not_written(aws, destination):
    """An id that nobody has is refused."""
    inspector = aws.client("inspector2")
    report = inspector.create_findings_report(reportFormat="JSON", s3Destination=destination)["reportId"]
    inspector.cancel_findings_report(reportId=report)
    aws.clock.advance(timedelta(minutes=2))
    assert inspector.get_findings_report_status(reportId=report)["status"] == "CANCELLED"
    assert aws.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        inspector.get_findings_report_status(reportId="01234567-0123-0123-0123-012345678901")
