"""`python -m postpatch cleanup` rehearsed: the calls that it makes, perhaps under a policy."""

from collections.abc import Callable
from datetime import UTC, datetime

from postpatch.aws.cis import TAGS
from postpatch.aws.maintenance_window import MARK, OURS
from postpatch.aws.owned import DELETIONS, delete, owned
from postpatch.aws.session import Connection
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import standing_window

from .rehearsal import Policy, note_calls

_ANY_DAY = datetime(2026, 11, 20, 21, tzinfo=UTC)


def clean_up(take: Callable[[str], None], policy: Policy | None = None) -> list[str]:
    """Delete a window, its target and task, and a CIS scan configuration of ours; return how each deletion ended.

    Each call is told to `take`. CouldNotCheck where `policy` does not allow one.
    """
    aws = Simulator(worlds()["workshop"], _ANY_DAY)
    window = standing_window.set_up_window(aws, Tags=[OURS])
    target = standing_window.register_target(aws, window, OwnerInformation=MARK)
    standing_window.register_task(aws, window, target, Description=MARK)
    aws.client("inspector2").create_cis_scan_configuration(
        scanName="ours",
        securityLevel="LEVEL_1",
        schedule={"oneTime": {}},
        targets={"accountIds": ["SELF"], "targetResourceTags": {"team": ["pww"]}},
        tags=TAGS,
    )
    note_calls(aws, take)
    if policy is not None:
        aws.restrict(policy)
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, writes=DELETIONS)
    connection.caller()
    return [delete(thing) for thing in owned(connection)]
