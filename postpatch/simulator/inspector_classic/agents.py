"""The Inspector agents: which hosts a target selects, how their agents fare, and PreviewAgents."""

from datetime import datetime
from typing import Any

from ..hosts.fleet import Fleet
from ..hosts.host import Host, Inventory
from ..wire.front import Operations
from ..wire.reading import Params
from .listing import Lists
from .records import Agent, Asset, Records, Target

AGENT_VERSION = "1.1.1712.0"
SUPPORTED_PLATFORMS = frozenset({"AMAZON_LINUX_2"})

# AgentHealth and AgentHealthCode by how the agent fares. UNKNOWN is "unable to determine whether there is an agent"
# (user guide, "Preview Target"). The code of a healthy agent is the one in botocore's example of a completed run.
_HEALTH = {
    "running": ("HEALTHY", "RUNNING"),
    "unhealthy": ("UNHEALTHY", "UNHEALTHY"),
    "absent": ("UNKNOWN", "UNKNOWN"),
}


class Agents:
    """Look at the hosts of a target through their agents."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def hosts_of(self, target: Target) -> list[Host]:
        """List a target's running hosts: those with any of the group's tags, or all without a group.

        "It is not necessary that any instance match more than one tag key-value pair" (user guide, tagging).
        """
        if target.group is None:
            return self._fleet.select([])
        chosen: dict[str, Host] = {}
        for key, value in target.group.tags:
            wanted = ("tag-key", [key]) if value is None else (f"tag:{key}", [value])
            chosen |= {host.instance_id: host for host in self._fleet.select([wanted])}
        return [host for host in self._fleet.hosts() if host.instance_id in chosen]

    def of(self, target: Target) -> list[Agent]:
        """List the agents of a target as they are now."""
        return [self.look(host) for host in self.hosts_of(target)]

    def look(self, host: Host) -> Agent:
        """Look at one host: what EC2 says of it, and how its agent fares."""
        health, code = self._health(host)
        return Agent(self._asset(host), host.platform, health, code)

    def collect(self, agent: Agent, now: datetime) -> None:
        """Take what the agent tells when the collection ends, or note that it tells nothing."""
        host = self._fleet.host(agent.asset.agent_id)
        if host is None:
            return
        agent.health, agent.code = self._health(host)
        if agent.health == "HEALTHY":
            agent.inventory = Inventory(now, tuple(host.packages), (), host.running_kernel)
            agent.settings = dict(host.settings)

    def _health(self, host: Host) -> tuple[str, str]:
        if not self._fleet.running(host):
            return "UNHEALTHY", "SHUTDOWN"
        # The agent is not offered for other systems, so there is none.
        return _HEALTH[host.inspector_agent if host.platform in SUPPORTED_PLATFORMS else "absent"]

    def _asset(self, host: Host) -> Asset:
        instance = self._fleet.instance(host)
        return Asset(
            agent_id=host.instance_id,
            group=instance.tags.get("aws:autoscaling:groupName"),
            image_id=host.image_id,
            hostname=f"ip-{instance.private_ip.replace('.', '-')}.ec2.internal",
            addresses=(instance.private_ip,),
            tags=dict(instance.tags),
        )


class AgentOperations:
    """Answer what callers ask about the agents of a target before any run."""

    def __init__(self, agents: Agents, records: Records, lists: Lists) -> None:
        self._agents, self._records, self._lists = agents, records, lists

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"PreviewAgents": self.preview}

    def preview(self, params: Params) -> dict[str, Any]:
        """List the agents on the hosts of a target."""
        target = self._records.target(params["previewAgentsArn"])
        rows, token = self._lists.cut(
            "PreviewAgents", params, lambda: [self._row(host) for host in self._agents.hosts_of(target)]
        )
        return {"agentPreviews": rows, "nextToken": token}

    def _row(self, host: Host) -> dict[str, Any]:
        agent = self._agents.look(host)
        row: dict[str, Any] = {
            "agentId": agent.asset.agent_id,
            "autoScalingGroup": agent.asset.group,
            "agentHealth": agent.health,
            "hostname": agent.asset.hostname,
            "ipv4Address": agent.asset.addresses[0],
        }
        if agent.health == "UNKNOWN":
            return row
        kernel = host.running_kernel
        return row | {
            "agentVersion": AGENT_VERSION,
            "operatingSystem": f"{host.system.name} {host.system.version}",
            "kernelVersion": f"{kernel.version}-{kernel.release}.x86_64" if kernel else None,
        }
