"""What the kept packs of earlier runs say of the findings that are new in this one."""

from dataclasses import dataclass

from postpatch.model.moment import Utc


@dataclass(frozen=True)
class EarlierFix:
    """A finding, by its identity, that the earlier run `run` saw fixed at `fixed_at`; ports are -1 without any."""

    account: str
    region: str
    host: str
    type: str
    vulnerability: str
    protocol: str
    port_begin: int
    port_end: int
    package: str
    fixed_at: Utc
    run: str


@dataclass(frozen=True)
class EarlierRuns:
    """The `fixes` of earlier runs whose finding is active again, and the ids of the runs that were `read` for them.

    `left_out` names each kept pack that was altered or cannot be read, a sentence each: what it fixed is not known.
    """

    fixes: tuple[EarlierFix, ...] = ()
    read: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
