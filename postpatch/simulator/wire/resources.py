"""Which resource a call concerns, where its request makes that plain.

Actions and the ARNs of their resource types: Service Authorization Reference, AWS Systems Manager, Amazon Inspector2,
AWS CloudFormation, Amazon S3 (docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from collections.abc import Callable, Iterable, Mapping

from .call import Call, s3_place

EVERYTHING = "*"
_Arns = Callable[[Call], Iterable[str]]


def concerned(call: Call) -> list[str]:
    """Return the ARNs of what a call concerns, each of which must be allowed, or `*` where it is no single resource."""
    tell = _TELLS.get(call.name.lower())
    return (list(tell(call)) if tell else []) or [EVERYTHING]


def tells_its_resource(action: str) -> bool:
    """Tell whether the requests of an action make plain which resources they concern."""
    return action.lower() in _TELLS


def _ssm(kind: str, member: str) -> _Arns:
    return lambda call: (_arn(call, "ssm", kind, text) for text in _texts(call, member))


def _together(*parts: _Arns) -> _Arns:
    return lambda call: (arn for part in parts for arn in part(call))


def _nodes(member: str) -> _Arns:
    def arns(call: Call) -> Iterable[str]:
        for node in _texts(call, member):
            is_instance = node.startswith("i-")
            yield _arn(call, *(("ec2", "instance") if is_instance else ("ssm", "managed-instance")), node)

    return arns


def _tagged(call: Call) -> Iterable[str]:
    kind = str(call.fields.get("ResourceType", "")).lower()
    return (_arn(call, "ssm", kind, text) for text in _texts(call, "ResourceId"))


def _stack(call: Call) -> Iterable[str]:
    # A stack's ARN ends in an id, which a request by name does not tell.
    for name in _texts(call, "StackName"):
        yield name if name.startswith("arn:") else _arn(call, "cloudformation", "stack", f"{name}/*")


def _role(call: Call) -> Iterable[str]:
    return (f"arn:aws:iam::{call.account}:role/{name}" for name in _texts(call, "RoleName"))


def _parameter(call: Call) -> Iterable[str]:
    # The slash before a hierarchy is not doubled (Systems Manager user guide, "Restricting access to parameters").
    return (_arn(call, "ssm", "parameter", name.lstrip("/")) for name in _texts(call, "Name"))


def _new_cis_scan_configuration(call: Call) -> Iterable[str]:
    yield _arn(call, "inspector2", f"owner/{call.account}/cis-configuration", "*")


def _s3_bucket(call: Call) -> Iterable[str]:
    yield f"arn:aws:s3:::{s3_place(call.request)[0]}"


def _s3_object(call: Call) -> Iterable[str]:
    bucket, key = s3_place(call.request)
    yield f"arn:aws:s3:::{bucket}/{key}"


def _texts(call: Call, member: str) -> list[str]:
    value = call.fields.get(member)
    return [str(text) for text in value] if isinstance(value, list) else [str(value)] if value else []


def _arn(call: Call, service: str, kind: str, name: str) -> str:
    # AWS's own patch baselines are asked for by their ARN.
    return name if name.startswith("arn:") else f"arn:aws:{service}:{call.request.region}:{call.account}:{kind}/{name}"


_WINDOW = _ssm("maintenancewindow", "WindowId")
_ASSOCIATION = _ssm("association", "AssociationId")
_BY_ACTION: Mapping[str, _Arns] = {
    "cloudformation:ListStackResources": _stack,
    "inspector2:CreateCisScanConfiguration": _new_cis_scan_configuration,
    "inspector2:DeleteCisScanConfiguration": lambda call: _texts(call, "scanConfigurationArn"),
    "inspector2:TagResource": lambda call: _texts(call, "resourceArn"),
    "inspector2:UntagResource": lambda call: _texts(call, "resourceArn"),
    "iam:GetRole": _role,
    "s3:GetObject": _s3_object,
    "s3:ListBucket": _s3_bucket,
    "s3:PutObject": _s3_object,
    "ssm:AddTagsToResource": _tagged,
    "ssm:RemoveTagsFromResource": _tagged,
    "ssm:DeleteMaintenanceWindow": _WINDOW,
    "ssm:DeregisterTargetFromMaintenanceWindow": _together(_WINDOW, _ssm("windowtarget", "WindowTargetId")),
    "ssm:DeregisterTaskFromMaintenanceWindow": _together(_WINDOW, _ssm("windowtask", "WindowTaskId")),
    "ssm:DescribeAssociationExecutions": _ASSOCIATION,
    "ssm:DescribeAssociationExecutionTargets": _ASSOCIATION,
    "ssm:DescribeInstancePatches": _nodes("InstanceId"),
    "ssm:DescribeInstancePatchStates": _nodes("InstanceIds"),
    "ssm:DescribeMaintenanceWindowExecutions": _WINDOW,
    "ssm:DescribeMaintenanceWindowTargets": _WINDOW,
    "ssm:DescribeMaintenanceWindowTasks": _WINDOW,
    "ssm:GetMaintenanceWindow": _WINDOW,
    "ssm:GetMaintenanceWindowTask": _WINDOW,
    "ssm:GetParameter": _parameter,
    "ssm:GetPatchBaseline": _ssm("patchbaseline", "BaselineId"),
    "ssm:ListTagsForResource": _tagged,
    "ssm:RegisterTargetWithMaintenanceWindow": _WINDOW,
    "ssm:RegisterTaskWithMaintenanceWindow": _WINDOW,
    "ssm:StartAssociationsOnce": _ssm("association", "AssociationIds"),
}
_TELLS = {action.lower(): tell for action, tell in _BY_ACTION.items()}
