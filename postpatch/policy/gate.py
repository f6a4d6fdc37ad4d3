"""`[gate]`: which findings fail a check, and how many may be active after patching."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from postpatch.model import Severity
from postpatch.policy.section import Section

_RATED = tuple(severity for severity in Severity if severity is not Severity.UNTRIAGED)
_Limit = Annotated[int, Field(ge=0)]


class GatePolicy(Section):
    """Which findings fail a check, from which severity on, and how many are allowed.

    `severity` is the lowest severity that counts for FIND-3, FIND-4 and FIND-5. `count` says which findings FIND-1 and
    FIND-2 compare: those that patching can remove (`removable`), or `all`, as in the tutorial and always with Inspector
    Classic, which does not say what can be fixed. The other limits are FIND-8's: `max` is the
    number of active findings allowed of a severity and worse, `exploited_max` the number allowed of those that are
    exploited (`exploitAvailable`, CISA's catalog, or an EPSS score of at least `epss_from`). With `fixable_only`
    neither counts findings without a fix. `disclosed_after` and `configuration` say whether findings disclosed after
    patching, and settings and ports opened since the baseline, fail a check (`fail`) or are only reported (`report`;
    `tell` was its name in version 0.1.0 and is still accepted).
    """

    severity: Annotated[Severity, Field(strict=False)] = Severity.LOW
    count: Literal["removable", "all"] = "removable"
    max: dict[Annotated[Severity, Field(strict=False)], _Limit] = Field(default_factory=dict)
    fixable_only: bool = False
    exploited_max: _Limit | None = None
    epss_from: Annotated[float, Field(gt=0, le=1)] | None = None
    disclosed_after: Literal["report", "fail"] = "report"
    configuration: Literal["report", "fail"] = "fail"

    @field_validator("disclosed_after", "configuration", mode="before")
    @classmethod
    def _renamed(cls, value: object) -> object:
        return "report" if value == "tell" else value

    @field_validator("severity")
    @classmethod
    def _rated(cls, severity: Severity) -> Severity:
        if severity is Severity.UNTRIAGED:
            raise PydanticCustomError(
                "severity", "UNTRIAGED cannot be the limit: findings without a rating always count"
            )
        return severity

    @field_validator("max")
    @classmethod
    def _reachable(cls, limits: dict[Severity, int]) -> dict[Severity, int]:
        for worse, milder in pairwise(severity for severity in _RATED if severity in limits):
            if limits[milder] < limits[worse]:
                raise PydanticCustomError(
                    "max",
                    "{worse} = {high} can never be reached: {milder} = {low} also counts {worse} findings",
                    {"worse": worse.value, "high": limits[worse], "milder": milder.value, "low": limits[milder]},
                )
        return limits

    @model_validator(mode="after")
    def _epss_has_a_limit(self) -> "GatePolicy":
        if self.epss_from is not None and self.exploited_max is None:
            raise PydanticCustomError(
                "epss", "epss_from needs exploited_max: it says which findings count against that limit"
            )
        return self

    @property
    def limits(self) -> bool:
        """Return whether the policy limits the number of active findings."""
        return bool(self.max) or self.exploited_max is not None

    def counts(self, severity: str) -> bool:
        """Return whether a finding of `severity` counts for FIND-3 to FIND-5; one without a rating always does."""
        return severity not in _RATED or is_as_bad(severity, self.severity)

    def counts_against(self, severity: str, limit: Severity) -> bool:
        """Return whether a finding of `severity` counts against the limit that `max` sets for `limit`.

        A limit counts its severity and worse. A finding without a rating counts against every limit, unless UNTRIAGED
        has its own.
        """
        if severity in _RATED:
            return limit in _RATED and is_as_bad(severity, limit)
        return limit is Severity.UNTRIAGED or Severity.UNTRIAGED not in self.max


def is_as_bad(severity: str, as_what: Severity) -> bool:
    """Return whether a rated severity is `as_what` or worse."""
    return _RATED.index(Severity(severity)) <= _RATED.index(as_what)
