"""The fleet: every host of the account, kept in step with EC2."""

from collections.abc import Callable, Iterable, Mapping

from ..clock import Clock
from ..facts import Facts
from ..ids import Ids
from .ec2 import Ec2, Instance
from .host import Host, InstalledUpdate, LanguagePackage, Package

# What a freshly launched Amazon Linux 2023 is set up like, by the names that the CIS checks use.
Prepare = Callable[[Host, Instance], None]


class Fleet:
    """Know every host that runs or ran, and what is on it.

    EC2 decides which hosts exist: whoever launches, stops or terminates an instance, by whatever call, changes the
    fleet. A new host gets the packages of its image; `prepare` then does what its user data would have done.
    """

    def __init__(self, ec2: Ec2, clock: Clock) -> None:
        self.ec2 = ec2
        self.prepare: Prepare = lambda *_: None
        self._clock = clock
        self._images: dict[str, Facts] = {}
        self._hosts: dict[str, Host] = {}
        self._on_launch: list[Callable[[Host], None]] = []
        self._instances: dict[str, Instance] = {}
        self._machines: dict[str, Instance] = {}
        self._activated: dict[str, str] = {}
        self._node_ids = Ids("hybrid nodes")

    def know_image(self, image_id: str, facts: Facts) -> None:
        """Make an image known: instances launched from it become hosts with its packages."""
        self._images[image_id] = facts
        self.ec2.add_image(image_id, facts)

    def activate(self, image_id: str, name: str, tags: Mapping[str, str]) -> Host:
        """Register a machine outside EC2 as a hybrid node, with the packages of an image.

        Source: Systems Manager user guide, "Managing nodes in hybrid and multicloud environments": its id begins with
        `mi-`, and its tags are Systems Manager's own.
        """
        node_id, now, facts = f"mi-{self._node_ids.hexadecimal(17)}", self._clock.now(), self._images[image_id]
        address = f"192.168.10.{len(self._machines) + 10}"
        machine = Instance(node_id, image_id, "", "running", now, address, (), "", "", None, None, dict(tags))
        self._machines[node_id], self._activated[node_id] = machine, name
        return self._set_up(machine, facts)

    def learn(self, change: Callable[[Facts], Facts]) -> None:
        """Let the world learn something new about packages, such as a vulnerability that was disclosed."""
        self._images = {image_id: change(facts) for image_id, facts in self._images.items()}

    def facts(self, host: Host) -> Facts:
        """Tell the facts of a host's platform."""
        return self._images[host.image_id]

    def facts_about(self, platform: str) -> Facts | None:
        """Tell what is known about a platform, if an image of it is known."""
        return next((facts for facts in self._images.values() if facts.platform == platform), None)

    def on_launch(self, act: Callable[[Host], None]) -> None:
        """Do `act` with every host that appears."""
        self._on_launch.append(act)

    def notice(self) -> None:
        """Take in what changed in EC2 since the last look; the front does so around every call."""
        instances = self.ec2.instances()
        unknown = [i for i in instances if i.instance_id not in self._hosts and i.image_id in self._images]
        if unknown:
            self.ec2.tag_as_cloudformation_does()
            for instance in unknown:
                self.ec2.launched(instance.instance_id, self._clock.now())
            instances = self.ec2.instances()
        before = self._instances
        self._instances = {instance.instance_id: instance for instance in instances}
        for instance in unknown:
            self._take_in(self._instances[instance.instance_id])
        for host in self.hosts():
            was = before.get(host.instance_id)
            if was and was.state == "stopped" and self.running(host):
                host.boot(self._clock.now())

    def reboot(self, instance_ids: Iterable[str]) -> None:
        """Boot hosts anew; EC2 itself shows nothing of a reboot."""
        for instance_id in instance_ids:
            host = self._hosts.get(instance_id)
            if host and self.running(host):
                host.boot(self._clock.now())

    def hosts(self) -> list[Host]:
        """List all hosts, terminated ones too, in the order in which they appeared."""
        return [host for host in self._hosts.values() if host.instance_id not in self._machines]

    def nodes(self) -> list[Host]:
        """List what Systems Manager may manage: all hosts, then the hybrid nodes."""
        return [*self.hosts(), *(self._hosts[node_id] for node_id in self._machines)]

    def activated_as(self, host: Host) -> str | None:
        """Tell the name under which a hybrid node was activated; nothing for an instance of EC2."""
        return self._activated.get(host.instance_id)

    def host(self, instance_id: str) -> Host | None:
        """Find a host, terminated or not."""
        return self._hosts.get(instance_id)

    def instance(self, host: Host) -> Instance:
        """Look at the EC2 side of a host; of a hybrid node, at what was said when it was activated."""
        return self._machines.get(host.instance_id) or self._instances[host.instance_id]

    def running(self, host: Host) -> bool:
        """Tell whether the instance runs."""
        return self.instance(host).state == "running"

    def reachable_by_agent(self, host: Host) -> bool:
        """Tell whether Systems Manager reaches the host now: it runs, is managed, and its agent answers."""
        return host.managed and host.online and self.running(host)

    def select(self, targets: Iterable[tuple[str, list[str]]]) -> list[Host]:
        """List the running hosts that all of `targets` name: `InstanceIds`, `tag:KEY` or `tag-key` with values."""
        return self._selected(self.hosts(), targets)

    def select_nodes(self, targets: Iterable[tuple[str, list[str]]]) -> list[Host]:
        """List the running hosts and hybrid nodes that all of `targets` name."""
        return self._selected(self.nodes(), targets)

    def _selected(self, among: list[Host], targets: Iterable[tuple[str, list[str]]]) -> list[Host]:
        wanted = list(targets)
        chosen = []
        for host in among:
            instance = self.instance(host)
            if instance.state == "running" and all(_matches(instance, key, values) for key, values in wanted):
                chosen.append(host)
        return chosen

    def _take_in(self, instance: Instance) -> None:
        host = self._set_up(instance, self._images[instance.image_id])
        self.prepare(host, instance)
        for act in self._on_launch:
            act(host)

    def _set_up(self, instance: Instance, facts: Facts) -> Host:
        now = self._clock.now()
        packages = [Package(p.name, p.evr, p.arch, facts.image_released) for p in facts.packages]
        host = Host(instance.instance_id, instance.image_id, now, packages, [], {}, platform=facts.platform)
        host.updates = [InstalledUpdate(kb, facts.image_released) for kb in facts.installed_updates]
        host.boot(now)
        host.last_ping = now
        self._hosts[instance.instance_id] = host
        return host


def install_optional(host: Host, facts: Facts, *names: str) -> None:
    """Install packages that the image does not have, as old as the image."""
    for package in facts.optional_packages:
        if package.name in names:
            host.install(Package(package.name, package.evr, package.arch, facts.image_released))


def install_language_packages(host: Host, facts: Facts) -> None:
    """Put the facts' language packages on a host, as an application's installer would."""
    for fact in facts.languages:
        package = LanguagePackage(fact.manager, fact.name, fact.version, fact.path)
        if package not in host.languages:
            host.languages.append(package)


def _matches(instance: Instance, key: str, values: list[str]) -> bool:
    if key.lower() == "instanceids":
        return instance.instance_id in values
    if key.startswith("tag:"):
        return key[4:] in instance.tags and instance.tags[key[4:]] in values
    if key == "tag-key":
        return any(value in instance.tags for value in values)
    return False
