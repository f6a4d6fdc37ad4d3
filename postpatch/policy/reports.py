"""`[reports]`: how many packs of earlier runs are kept."""

from typing import Annotated

from pydantic import Field

from postpatch.policy.section import Section


class ReportsPolicy(Section):
    """What is kept in `reports/runs/`: so many packs of each kind of run, newest first."""

    keep: Annotated[int, Field(ge=10, le=10_000)] = 10
