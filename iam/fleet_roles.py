"""`python -m iam.fleet_roles`: make the CloudFormation templates of a fleet's roles anew, from the policies in iam/.

`ci/fleet/member-role.json` is for a stack set: the role that each account of a fleet lets the fleet assume.
`ci/fleet/hub-role.json` is the role that the fleet's own pipeline has, in the management or a delegated account.
`ci/fleet/administrator-role.json` is the role in a delegated administrator of all accounts, which lists what they have.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOLDER = HERE.parent / "ci" / "fleet"
MEMBER, HUB, ADMINISTRATOR = "member-role.json", "hub-role.json", "administrator-role.json"
_VERSION = "2012-10-17"
# What a fleet asks before its runs; none of them has a resource (Service Authorization Reference, Organizations), but
# for ListStackInstances, whose stack set is known to the fleet's file alone.
_LISTS = (
    "cloudformation:ListStackInstances",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
)
# What is asked of a delegated administrator; none of them has a resource that narrows it (Service Authorization
# Reference, Inspector2 and Systems Manager).
_ADMINISTERS = {
    "Findings": (
        "inspector2:GetDelegatedAdminAccount",
        "inspector2:ListCoverage",
        "inspector2:ListFindings",
        "inspector2:ListMembers",
    ),
    "Nodes": ("ssm:ListNodes",),
}
_NAME = {
    "Type": "String",
    "Default": "postpatch",
    "AllowedPattern": "[\\w+=,.@-]{1,64}",
    "Description": "The name of the role in each account, as in the ARN in fleet.toml",
}
_HUB_ARN = {
    "Type": "String",
    "AllowedPattern": "arn:aws[a-z-]*:iam::\\d{12}:role/.+",
    "Description": "The ARN of the role that may assume this one: the output HubRoleArn of hub-role.json",
}
_EXTERNAL_ID = {
    "Type": "String",
    "AllowedPattern": "[\\w+=,.@:/-]{2,1224}",
    "Description": "The external id that whoever assumes the role must give, as external_id in fleet.toml",
}
_ADMINISTRATOR = "${RoleName}-administrator"
_ADMINISTRATOR_NAME = {"Fn::Sub": _ADMINISTRATOR}
_BY_THE_HUB = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Ref": "HubRoleArn"}},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
    "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
}


def files() -> dict[str, str]:
    """Return the content of the templates, by the names of their files."""
    policies = {mode: _read(mode) for mode in ("baseline", "verify")}
    return {MEMBER: _json(_member(policies)), HUB: _json(_hub()), ADMINISTRATOR: _json(_administrator())}


def main() -> int:
    """Write the templates."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def _member(policies: dict[str, Any]) -> dict[str, Any]:
    """Return the template of the role in each account; managed policies, because inline ones share one short limit."""
    phases = {
        phase.capitalize(): _managed("Role", f"for postpatch {phase}", document) for phase, document in policies.items()
    }
    return _template(
        "The role by which a fleet of postpatch judges this account",
        {
            "HubRoleArn": _HUB_ARN,
            "ExternalId": _EXTERNAL_ID,
            "RoleName": _NAME,
        },
        {
            "Role": _role({"Ref": "RoleName"}, _BY_THE_HUB),
            **phases,
        },
        {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    )


def _administrator() -> dict[str, Any]:
    statements = [
        {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}
        for sid, actions in _ADMINISTERS.items()
    ]
    return _template(
        "The role by which a fleet of postpatch asks a delegated administrator about all accounts",
        {"HubRoleArn": _HUB_ARN, "ExternalId": _EXTERNAL_ID, "RoleName": _NAME},
        {
            "Role": _role(_ADMINISTRATOR_NAME, _BY_THE_HUB),
            "Lists": _managed("Role", "to list what all accounts have", _policy(statements)),
        },
        {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    )


def _hub() -> dict[str, Any]:
    assumes = {
        "Sid": "Assume",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Resource": [
            {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{name}"} for name in ("${RoleName}", _ADMINISTRATOR)
        ],
    }
    lists = {"Sid": "List", "Effect": "Allow", "Action": list(_LISTS), "Resource": "*"}
    return _template(
        "The role of the pipeline that judges a fleet with postpatch",
        {
            "PrincipalArn": {
                "Type": "String",
                "AllowedPattern": "arn:aws[a-z-]*:iam::\\d{12}:(root|role/.+|user/.+)",
                "Description": "Who may assume this role; for a pipeline with OpenID Connect change its trust policy",
            },
            "RoleName": _NAME,
        },
        {
            "HubRole": _role(
                {"Fn::Sub": "${RoleName}-hub"},
                {"Effect": "Allow", "Principal": {"AWS": {"Ref": "PrincipalArn"}}, "Action": "sts:AssumeRole"},
            ),
            "Hub": _managed("HubRole", "to list a fleet's accounts and assume its roles", _policy([assumes, lists])),
        },
        {"HubRoleArn": {"Value": {"Fn::GetAtt": ["HubRole", "Arn"]}}},
    )


def _role(name: Any, trust: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": _policy([trust]),
        },
    }


def _managed(role: str, purpose: str, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "Description": f"Made by postpatch's template, {purpose}",
            "PolicyDocument": document,
            "Roles": [{"Ref": role}],
        },
    }


def _policy(statements: list[Any]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": statements}


def _template(description: str, parameters: Any, resources: Any, outputs: Any) -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Parameters": parameters,
        "Resources": resources,
        "Outputs": outputs,
    }


def _read(mode: str) -> Any:
    return json.loads((HERE / f"{mode}.json").read_text(encoding="utf-8"))


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
