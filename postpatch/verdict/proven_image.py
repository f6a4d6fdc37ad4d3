"""The proven image: what `[image]` requires of each host, and the roles by which hosts replace each other.

A host from the proven image, or from a newer one, needs no Install. That an image is newer says nothing about what it
holds: each new host must still be proven by its own scan (`changed_hosts.py`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from postpatch.model import Fact, Host, Images, Manifest, Patching, ScannedHost
from postpatch.policy import ImagePolicy
from postpatch.verdict.facts import count, fact, naming


@dataclass(frozen=True)
class Roles:
    """The hosts of each role, in the baseline and now; hosts without the tag of their role are in neither."""

    before: Mapping[str, frozenset[str]]
    now: Mapping[str, frozenset[str]]

    @property
    def vanished(self) -> list[str]:
        """Return the roles that no host serves any more."""
        return sorted(self.before.keys() - self.now.keys())

    @property
    def new(self) -> list[str]:
        """Return the roles that no host of the baseline served."""
        return sorted(self.now.keys() - self.before.keys())


class ProvenImage:
    """The proven image of a policy, the hosts in scope with their images, and those of the baseline."""

    def __init__(self, policy: ImagePolicy, images: Images, hosts: tuple[Host, ...], baseline: Manifest) -> None:
        self.images = images
        self._policy, self._hosts = policy, hosts
        self._baseline_at = baseline.taken_at
        self._earlier = tuple(host for host in baseline.hosts if host.present)

    @cached_property
    def roles(self) -> Roles:
        """Return the hosts by role."""
        return Roles(self._by_role(self._earlier), self._by_role(self._hosts))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return what must be true of the hosts' images and roles."""
        older = [f"{host.id} ({host.image})" for host in self._hosts if self.images.is_older(host.image)]
        with_role = frozenset[str]().union(*self.roles.before.values(), *self.roles.now.values())
        every = {host.id for host in self._earlier} | {host.id for host in self._hosts}
        without = sorted(every - with_role)
        sets = (
            (older, f"hosts from an image older than {self.images.proven}, created {self._created}"),
            (self.roles.vanished, "roles of the baseline without a host now"),
            (without, f"hosts without the tag {self._policy.role_tag}, which is their role"),
        )
        return tuple(fact(words, "none", naming(found) or "none", not found) for found, words in sets)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return which images the hosts run, and which roles are new."""
        used = Counter(host.image for host in self._hosts)
        images = ", ".join(f"{image} on {count(number, 'host')}" for image, number in sorted(used.items()))
        proven = f"the proven image is {self.images.proven}, which {self._policy.source} names; the hosts run {images}"
        new = self.roles.new
        return (proven, *((f"roles that the baseline does not have: {naming(new)}",) if new else ()))

    def needing_no_install(self, patching: Patching) -> frozenset[str]:
        """Return the hosts from the proven image or a newer one on which no installation began since the baseline."""
        from_it = [host.id for host in self._hosts if not self.images.is_older(host.image)]
        began = {host: patching.round_began_at(host) for host in from_it}
        return frozenset(host for host, moment in began.items() if moment is None or moment <= self._baseline_at)

    def age(self, now: datetime, within_days: int) -> Fact:
        """Return whether the proven image is as recent at `now` as an Install must be."""
        recent = now - self.images.proven_at <= timedelta(days=within_days)
        name = f"the proven image {self.images.proven}"
        return fact(
            name, f"created at most {within_days} days before {now:%Y-%m-%d}", f"created {self._created}", recent
        )

    @property
    def _created(self) -> str:
        return f"{self.images.proven_at:%Y-%m-%d %H:%M:%S} UTC"

    def _by_role(self, hosts: tuple[Host, ...] | tuple[ScannedHost, ...]) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for host in hosts:
            if role := dict(host.tags).get(self._policy.role_tag, ""):
                found.setdefault(role, set()).add(host.id)
        return {role: frozenset(ids) for role, ids in sorted(found.items())}
