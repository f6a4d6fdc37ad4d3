"""`[inspector]` and `[wait]`: the Inspector engine, and how long an assessment may take."""

from typing import Annotated

from pydantic import Field

from postpatch.model import CisScans, Engine
from postpatch.policy.section import Section, Text


class InspectorPolicy(Section):
    """Which Inspector assesses the hosts, whether with a CIS scan, and with Classic, which template it runs.

    A CIS scan that is `optional` is started and may fail; with `off` none is. What is then not proven is said.
    With `start_vm_scanner` a run that may write starts the VM Scanner on hosts that it scans, by Run Command.
    With `keep_inventories` each snapshot keeps the digest of all that is installed on hosts of Debian and Ubuntu.
    """

    engine: Annotated[Engine, Field(strict=False)] = Engine.V2
    template: Text | None = None
    cis: Annotated[CisScans, Field(strict=False)] = CisScans.REQUIRE
    start_vm_scanner: bool = False
    keep_inventories: bool = False


class WaitPolicy(Section):
    """How long the assessment may take and how often its state is polled."""

    minutes: Annotated[int, Field(ge=1, le=1_440)] = 90
    poll_seconds: Annotated[int, Field(ge=1, le=600)] = 30
