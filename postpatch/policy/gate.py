"""`[gate]` and `[[waiver]]`: which findings turn a check red, and which risks are accepted."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from postpatch.model import Severity
from postpatch.policy.section import InstanceId, Section, Text


class GatePolicy(Section):
    """From which severity on a finding turns a check red; what is not rated yet always counts."""

    severity: Annotated[Severity, Field(strict=False)] = Severity.LOW

    @field_validator("severity")
    @classmethod
    def _rated(cls, severity: Severity) -> Severity:
        if severity is Severity.UNTRIAGED:
            raise PydanticCustomError("severity", "UNTRIAGED is no limit: findings without a rating always count")
        return severity

    def counts(self, severity: str) -> bool:
        """Tell whether a finding of `severity` counts against the gate."""
        order = list(Severity)
        return (
            severity not in order
            or order.index(Severity(severity)) <= order.index(self.severity)
            or (severity == Severity.UNTRIAGED)
        )


class Waiver(Section):
    """An accepted risk: what, why, by whom, until when."""

    vulnerability: Text | None = None
    package: Text | None = None
    host: InstanceId | None = None
    reason: Text
    approver: Text
    expires: date
    ticket: Text | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.vulnerability is None and self.package is None:
            raise PydanticCustomError("waiver", "name a vulnerability or a package: a waiver for everything is none")
        return self

    def __str__(self) -> str:
        what = " in ".join(part for part in (self.vulnerability, self.package) if part)
        return f"{what} on {self.host}" if self.host else what
