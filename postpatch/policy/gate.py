"""`[gate]`: which findings turn a check red, and how many may be active after patching."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from postpatch.model import Severity
from postpatch.policy.section import Section

_RATED = tuple(severity for severity in Severity if severity is not Severity.UNTRIAGED)
_Limit = Annotated[int, Field(ge=0)]


class GatePolicy(Section):
    """What counts against the patch round, from which severity on, and how much of it is too much.

    `severity` is where FIND-3 and FIND-4 begin. The others are FIND-8's: `max` allows so many active findings of a
    severity and worse, `exploited_max` so many that are exploited (`exploitAvailable`, CISA's catalogue, or an EPSS
    score of `epss_from` and more), and with `fixable_only` neither counts what has no fix. `disclosed_after` and
    `configuration` say whether a finding disclosed after the patch round, and a setting or a port opened since the
    baseline, turn a check red (`fail`) or are told (`tell`).
    """

    severity: Annotated[Severity, Field(strict=False)] = Severity.LOW
    max: dict[Annotated[Severity, Field(strict=False)], _Limit] = Field(default_factory=dict)
    fixable_only: bool = False
    exploited_max: _Limit | None = None
    epss_from: Annotated[float, Field(gt=0, le=1)] | None = None
    disclosed_after: Literal["tell", "fail"] = "tell"
    configuration: Literal["tell", "fail"] = "fail"

    @field_validator("severity")
    @classmethod
    def _rated(cls, severity: Severity) -> Severity:
        if severity is Severity.UNTRIAGED:
            raise PydanticCustomError("severity", "UNTRIAGED is no limit: findings without a rating always count")
        return severity

    @field_validator("max")
    @classmethod
    def _reachable(cls, limits: dict[Severity, int]) -> dict[Severity, int]:
        for worse, milder in pairwise(severity for severity in _RATED if severity in limits):
            if limits[milder] < limits[worse]:
                raise PydanticCustomError(
                    "max",
                    "{worse} = {high} can never be reached: {milder} = {low} counts what is {worse} too",
                    {"worse": worse.value, "high": limits[worse], "milder": milder.value, "low": limits[milder]},
                )
        return limits

    @model_validator(mode="after")
    def _epss_has_a_limit(self) -> "GatePolicy":
        if self.epss_from is not None and self.exploited_max is None:
            raise PydanticCustomError("epss", "epss_from says what counts against exploited_max: give that too")
        return self

    @property
    def limits(self) -> bool:
        """Tell whether the policy limits how many findings may be active."""
        return bool(self.max) or self.exploited_max is not None

    def counts(self, severity: str) -> bool:
        """Tell whether a finding of `severity` counts against FIND-3 and FIND-4; what is not rated always does."""
        return severity not in _RATED or is_as_bad(severity, self.severity)

    def counts_against(self, severity: str, limit: Severity) -> bool:
        """Tell whether a finding of `severity` counts against the limit that `max` sets for `limit`.

        A limit counts its severity and worse. What is not rated counts against each, unless it has a limit of its own.
        """
        if severity in _RATED:
            return limit in _RATED and is_as_bad(severity, limit)
        return limit is Severity.UNTRIAGED or Severity.UNTRIAGED not in self.max


def is_as_bad(severity: str, as_what: Severity) -> bool:
    """Tell whether a rated severity is `as_what` or worse."""
    return _RATED.index(Severity(severity)) <= _RATED.index(as_what)
