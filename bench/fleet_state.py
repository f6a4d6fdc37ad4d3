"""The state of the generated fleet: when it was patched, and what Inspector says of it since."""

import time
from typing import Any

from bench.rows import fleet, host_id


class FleetState:
    """A fleet of so many hosts; `patch` patches it."""

    def __init__(self, hosts: int) -> None:
        self.hosts = [host_id(number) for number in range(hosts)]
        self.began = time.time()
        self.patched_at = 0.0
        self.started_at = 0.0
        self.fleet = fleet(self.began, patched=False)

    def patch(self) -> None:
        """Patch the fleet, which ends at this second."""
        self.patched_at = float(int(time.time()))
        self.fleet = fleet(self.patched_at, patched=True)

    def page(self, asked: dict[str, Any], size: int, of: list[str] | None = None) -> tuple[list[str], dict[str, str]]:
        """Return a page of the hosts, or of some, and the token of the next one."""
        rows, token = (
            self.hosts if of is None else of,
            "NextToken" if "NextToken" in asked or "MaxResults" in asked else "nextToken",
        )
        at = int(asked.get("NextToken") or asked.get("nextToken") or 0)
        return rows[at : at + size], {token: str(at + size)} if at + size < len(rows) else {}
