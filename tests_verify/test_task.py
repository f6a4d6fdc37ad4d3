"""The window's task: what it runs, on what, and how carefully."""

import pytest

from postpatch.verdict import recurring as judge

pytestmark = pytest.mark.verify


@pytest.mark.check("TASK-1")
def test_task_runs_the_document_of_the_policy(prove, window, policy):
    """The window's patching task, or one for each target, runs the policy's document; the policy lists all others."""
    prove(judge.document(window, policy))


@pytest.mark.check("TASK-2")
def test_task_installs_with_the_parameters_of_the_policy(prove, window, policy):
    """The operation and parameters of each task match the policy, and there are no others."""
    prove(judge.parameters(window, policy))


@pytest.mark.check("TASK-3")
def test_task_targets_the_registered_target_group(prove, window, policy):
    """Each task runs on the window's registered target, and on nothing else."""
    prove(judge.hosts_of_the_task(window, policy))


@pytest.mark.check("TASK-4")
def test_task_concurrency_errors_priority_and_timeout(prove, window, policy):
    """The task's limits, priority, timeout and cutoff behavior match the policy, and no CloudWatch alarm stops it."""
    prove(judge.limits(window, policy))


@pytest.mark.check("TASK-5")
def test_task_runs_with_the_service_role_of_the_policy(prove, window, policy):
    """The task runs with the service role that the policy names, and that role exists."""
    prove(judge.role(window, policy))
