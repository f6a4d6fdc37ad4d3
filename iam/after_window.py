"""`python -m iam.after_window`: renew ci/aws/verify-after-window.json from the policy in iam/verify.json.

The template has an EventBridge rule start a CodeBuild project when an execution of the maintenance window has ended.
Sources: Systems Manager user guide, "Amazon EventBridge event examples for Systems Manager", window execution type;
EventBridge user guide, "Using resource-based policies and roles for targets" (codebuild:StartBuild); CodeBuild user
guide, "Create a CodeBuild service role" and "Build specification reference".
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TEMPLATE = HERE.parent / "ci" / "aws" / "verify-after-window.json"
_VERSION = "2012-10-17"
# An execution that was skipped because another one was under way has not patched, and that one's end is an event.
_ENDED = ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED"]
_MINUTES = 180  # the policy's [wait] minutes, and what comes before and after
_BUILDSPEC = """\
version: 0.2
env:
  shell: bash
phases:
  install:
    runtime-versions:
      python: "3.13"
    on-failure: ABORT
    commands:
      - python -m pip install "$PACKAGE"
  pre_build:
    on-failure: ABORT
    commands:
      - aws s3 cp --recursive "s3://$BUCKET/$PREFIX/in" .
  build:
    on-failure: CONTINUE
    commands:
      - postpatch verify --aws live --policy verify.toml --baseline="$BASELINE" --reports reports
  post_build:
    commands:
      - aws s3 cp --recursive reports "s3://$BUCKET/$PREFIX/runs/$CODEBUILD_BUILD_NUMBER"
"""
_PARAMETERS = {
    "WindowId": {
        "Type": "String",
        "AllowedPattern": "mw-[0-9a-f]{17}",
        "Description": "The id of the maintenance window that patches",
    },
    "Bucket": {
        "Type": "String",
        "AllowedPattern": "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "Description": "The bucket with verify.toml in PREFIX/in; each run's report goes to PREFIX/runs",
    },
    "Prefix": {
        "Type": "String",
        "Default": "postpatch",
        "AllowedPattern": "[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*",
        "Description": "The folder in the bucket",
    },
    "Baseline": {
        "Type": "String",
        "Default": "reconstruct",
        "AllowedPattern": "[A-Za-z0-9_.-]+",
        "Description": "The file of the baseline in PREFIX/in, or reconstruct if none is taken before the window",
    },
    "Package": {
        "Type": "String",
        "Default": "postpatch",
        "AllowedPattern": "[A-Za-z0-9_.,=<>~/+-]+",
        "Description": "What pip installs, such as postpatch==0.2.0",
    },
}


def template() -> str:
    """Return the content of the template."""
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Verifies with postpatch after each execution of a maintenance window",
        "Parameters": _PARAMETERS,
        "Resources": {
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 365}},
            "BuildRole": _role("codebuild.amazonaws.com"),
            "Verify": _managed("what postpatch verify does", _verify()),
            "Build": _managed("the logs and the bucket of its builds", _policy(*_build())),
            "Project": {"Type": "AWS::CodeBuild::Project", "DependsOn": ["Verify", "Build"], "Properties": _project()},
            "RuleRole": _starting(),
            "Rule": {"Type": "AWS::Events::Rule", "Properties": _rule()},
        },
        "Outputs": {"Project": {"Value": {"Ref": "Project"}}, "Role": {"Value": {"Fn::GetAtt": ["BuildRole", "Arn"]}}},
    }
    return json.dumps(document, indent=2) + "\n"


def main() -> int:
    """Write the template."""
    TEMPLATE.write_text(template(), encoding="utf-8")
    return 0


def _rule() -> dict[str, Any]:
    return {
        "Description": "An execution of the maintenance window has ended: verify what it patched",
        "EventPattern": {
            "source": ["aws.ssm"],
            "detail-type": ["Maintenance Window Execution State-change Notification"],
            "detail": {"window-id": [{"Ref": "WindowId"}], "status": _ENDED},
        },
        "Targets": [
            {"Id": "verify", "Arn": {"Fn::GetAtt": ["Project", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["RuleRole", "Arn"]}}
        ],
    }


def _project() -> dict[str, Any]:
    return {
        "ServiceRole": {"Fn::GetAtt": ["BuildRole", "Arn"]},
        "Source": {"Type": "NO_SOURCE", "BuildSpec": _BUILDSPEC},
        "Artifacts": {"Type": "NO_ARTIFACTS"},
        "TimeoutInMinutes": _MINUTES,
        "ConcurrentBuildLimit": 1,
        "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": {"Ref": "Logs"}}},
        "Environment": {
            "Type": "LINUX_CONTAINER",
            "ComputeType": "BUILD_GENERAL1_SMALL",
            "Image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "EnvironmentVariables": [
                {"Name": "CI", "Value": "true"},
                *(
                    {"Name": name.upper(), "Value": {"Ref": name}}
                    for name in ("Bucket", "Prefix", "Baseline", "Package")
                ),
            ],
        },
    }


def _build() -> tuple[dict[str, Any], ...]:
    folder = "arn:${AWS::Partition}:s3:::${Bucket}/${Prefix}"
    return (
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"Fn::GetAtt": ["Logs", "Arn"]},
        },
        {
            "Sid": "ListIn",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Bucket}"},
            "Condition": {"StringLike": {"s3:prefix": {"Fn::Sub": "${Prefix}/in*"}}},
        },
        {"Sid": "ReadIn", "Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": f"{folder}/in/*"}},
        {"Sid": "WriteRuns", "Effect": "Allow", "Action": "s3:PutObject", "Resource": {"Fn::Sub": f"{folder}/runs/*"}},
    )


def _verify() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((HERE / "verify.json").read_text(encoding="utf-8"))
    return document


def _starting() -> dict[str, Any]:
    role = _role("events.amazonaws.com")
    start = {
        "Sid": "Start",
        "Effect": "Allow",
        "Action": "codebuild:StartBuild",
        "Resource": {"Fn::GetAtt": ["Project", "Arn"]},
    }
    role["Properties"]["Policies"] = [{"PolicyName": "start", "PolicyDocument": _policy(start)}]
    return role


def _role(service: str) -> dict[str, Any]:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _policy(trust)}}


def _managed(purpose: str, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "Description": f"Made by postpatch's template: {purpose}",
            "PolicyDocument": document,
            "Roles": [{"Ref": "BuildRole"}],
        },
    }


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": list(statements)}


if __name__ == "__main__":
    raise SystemExit(main())
