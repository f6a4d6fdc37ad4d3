"""AWS's published commands, as the AWS CLI's documentation has them: each is accepted, and answered in full."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

PAIRS = Path(__file__).parents[4] / "shared" / "recordings" / "awscli" / "pairs.json"

NOT_THERE = "the published pairs are not there: ../shared/recordings/awscli/pairs.json"

# The pairs that are left out, by operation: what neither the suite nor the tutorial does, and each is refused by name.
NOT_SIMULATED = {
    "inspector": {
        "the agents' telemetry": ["get-telemetry-metadata"],
        "event subscriptions": ["list-event-subscriptions"],
    },
    "inspector2": {
        "bills of materials": ["create-sbom-export"],
        "permissions, statistics and usage": [
            "list-account-permissions",
            "list-coverage-statistics",
            "list-usage-totals",
        ],
    },
    "ssm": {
        "custom inventory": [
            "delete-inventory",
            "describe-inventory-deletions",
            "get-inventory-schema",
            "get-inventory",
        ],
        "Automation": ["describe-automation-executions", "get-automation-execution", "start-automation-execution"],
        "patch reports beyond the nodes' own": [
            "describe-effective-patches-for-patch-baseline",
            "describe-patch-group-state",
            "describe-patch-properties",
        ],
        "Compliance": ["list-compliance-items", "list-compliance-summaries", "list-resource-compliance-summaries"],
    },
}
# The other pairs that are left out, one by one.
UNFIT = {
    "inspector2/list-coverage-2": "of a Lambda function, and only EC2 instances are simulated",
    "ssm/create-association-3": "published with ApplyOnlyAtCronInterval and no cron expression, which AWS refuses",
    "ssm/list-associations-1": "published with a slash for the backslash at the end of its line: no command at all",
    "ssm/list-associations-2": "the same",
    "ssm/list-inventory-entries-2": "of custom inventory that an agent sent; the simulated agents send none",
} | dict.fromkeys(
    [
        "ssm/cancel-maintenance-window-execution-1",
        "ssm/describe-maintenance-window-execution-task-invocations-1",
        "ssm/describe-maintenance-window-execution-tasks-1",
        "ssm/get-maintenance-window-execution-1",
        "ssm/get-maintenance-window-execution-task-1",
        "ssm/get-maintenance-window-execution-task-invocation-1",
    ],
    "of an execution of a window, and the windows of these worlds have not run",
)
# Members and rows of published answers, by operation, that say something which is not so here.
NOT_SO_HERE = {
    "create-association.AssociationDescription.InstanceId": "an association is kept by its targets",
    "create-association.AssociationDescription.Status": "of an association by instance id alone",
    "describe-available-patches.Patches[]": "of Windows, of which these worlds have no patches",
    "describe-instance-patch-states.InstancePatchStates[].LastNoRebootInstallOperationTime": "nothing was installed",
    "describe-instance-patches.NextToken": "there is no next page",
    "describe-maintenance-window-executions.WindowExecutions[]": "the windows of these worlds have not run",
    "get-configuration.ecrConfiguration.rescanDurationState.updatedAt": "nobody changed the settings for images",
    "list-assessment-run-agents.assessmentRunAgents[].telemetryMetadata[]": "the agents' telemetry is not simulated",
    "list-delegated-admin-accounts.delegatedAdminAccounts[]": "the account is in no organization",
}


def _is_simulated(name: str) -> bool:
    service, _, operation = name.partition("/")
    return all(operation.rpartition("-")[0] not in names for names in NOT_SIMULATED[service].values())


def _pairs() -> dict[str, Any]:
    """Read the pairs that are there, each by its file and its number in it."""
    counts: dict[str, int] = {}
    rows = {}
    for row in json.loads(PAIRS.read_text(encoding="utf-8")) if PAIRS.is_file() else ():
        file = row["file"].removesuffix(".rst")
        counts[file] = counts.get(file, 0) + 1
        rows[f"{file}-{counts[file]}"] = row
    return rows


def _published(*, simulated: bool) -> list[Any]:
    chosen = {name: row for name, row in _pairs().items() if _is_simulated(name) == simulated and name not in UNFIT}
    absent = pytest.param(None, marks=pytest.mark.skip(reason=NOT_THERE))
    return [pytest.param(row, id=name) for name, row in chosen.items()] or [absent]


def lacking(shape: Any, published: Any, ours: Any, at: str = "") -> list[str]:
    """Name the members that the published answer has and ours lacks, and lists that are empty in ours alone."""
    if shape.type_name == "structure":
        found = []
        for name, member in shape.members.items():
            if name in published and name not in ours:
                found.append(f"{at}.{name}")
            elif name in published:
                found += lacking(member, published[name], ours[name], f"{at}.{name}")
        return found
    if shape.type_name == "list" and shape.member.type_name == "structure" and published:
        # What all published elements have, each of ours must have.
        common = {name: value for name, value in published[0].items() if all(name in one for one in published)}
        found = [name for one in ours for name in lacking(shape.member, common, one, f"{at}[]")]
        return found if ours else [f"{at}[]"]
    return []


def _shape(service: str, operation: str) -> Any:
    model = get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    return model.operation_model(names[operation]).output_shape


@pytest.mark.parametrize("pair", _published(simulated=True))
def test_a_published_command_is_accepted_and_answered_in_full(pair, stage, typed):
    """The real CLI sends the command to the simulated AWS, and each member of the published answer comes back."""
    _, service, operation, *_ = pair["command"].split()
    ready = stage(service)
    said = typed(ready.server, ready.set_in(pair["command"]))
    assert said.exit == 0, f"{ready.set_in(pair['command'])}\n{said.error}"
    if shape := _shape(service, operation):
        assert {f"{operation}{at}" for at in lacking(shape, pair["output"], said.answer)} <= set(NOT_SO_HERE)


@pytest.mark.parametrize("pair", _published(simulated=False))
def test_a_published_command_that_is_not_simulated_is_refused_by_name(pair, served, typed):
    """What the table leaves out as not simulated really is, and the CLI is told so in words."""
    said = typed(served, pair["command"])
    assert said.exit != 0
    assert "(NotImplemented)" in said.error
    assert "the simulated AWS does not implement" in said.error


@pytest.mark.skipif(not PAIRS.is_file(), reason=NOT_THERE)
def test_the_tables_name_published_pairs_alone():
    """Every pair is walked, or named in a table with its reason; and no table names what is not published."""
    names = set(_pairs())
    left_out = {name for name in names if not _is_simulated(name)}
    operations = {name.partition("/")[2].rpartition("-")[0] for name in left_out}
    assert operations == {name for rows in NOT_SIMULATED.values() for group in rows.values() for name in group}
    assert set(UNFIT) <= names - left_out
    assert len(names) == len(_published(simulated=True)) + len(left_out) + len(UNFIT)
