"""Inspector Classic's ARNs: how they are made, which kind one is, and what is wrong with it."""

import re
from dataclasses import dataclass

from ..ids import Ids
from .errors import access_denied, invalid_input

_ID = r"0-[0-9A-Za-z]{8}"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 8


@dataclass(frozen=True)
class Kind:
    """One kind of resource; `code` is the part of the error codes that names it (`INVALID_…_ARN`)."""

    noun: str
    code: str
    path: re.Pattern[str]


def _kind(noun: str, code: str, path: str) -> Kind:
    return Kind(noun, code, re.compile(path))


RESOURCE_GROUP = _kind("resource group", "RESOURCE_GROUP", f"resourcegroup/{_ID}")
RULES_PACKAGE = _kind("rules package", "RULES_PACKAGE", f"rulespackage/{_ID}")
TARGET = _kind("assessment target", "ASSESSMENT_TARGET", f"target/{_ID}")
TEMPLATE = _kind("assessment template", "ASSESSMENT_TEMPLATE", f"{TARGET.path.pattern}/template/{_ID}")
RUN = _kind("assessment run", "ASSESSMENT_RUN", f"{TEMPLATE.path.pattern}/run/{_ID}")
FINDING = _kind("finding", "FINDING", f"{RUN.path.pattern}/finding/{_ID}")
# The model has no error code of its own for exclusions; only their Describe takes their ARNs, and it never raises.
EXCLUSION = _kind("exclusion", "RESOURCE", f"{RUN.path.pattern}/exclusion/{_ID}")


class Arns:
    """Make and check the ARNs of one account and Region."""

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region
        self._ids = Ids("inspector classic")
        self._any = re.compile(r"arn:aws[a-z-]*:inspector:([a-z0-9-]+):(\d{12}):(.+)")

    def make(self, path: str, parent: str | None = None) -> str:
        """Make a new ARN: `path` names the kind's last part, `parent` is the ARN that it belongs to."""
        head = f"{parent}/" if parent else f"arn:aws:inspector:{self._region}:{self._account}:"
        return f"{head}{path}/0-{self._id()}"

    def complaint(self, kind: Kind, arn: str) -> str | None:
        """Say what is wrong with an ARN by a FailedItemErrorCode, or nothing if it may name a resource of ours."""
        found = self._any.fullmatch(arn)
        if not found or found[1] != self._region or not kind.path.fullmatch(found[3]):
            return "INVALID_ARN"
        if kind is not RULES_PACKAGE and found[2] != self._account:
            return "ACCESS_DENIED"
        return None

    def check(self, kind: Kind, arn: str) -> None:
        """Refuse an ARN that cannot name a resource of ours: InvalidInputException or AccessDeniedException."""
        complaint = self.complaint(kind, arn)
        if complaint == "INVALID_ARN":
            message = f"This is not the ARN of one of this Region's {kind.noun}s: {arn}"
            raise invalid_input(f"INVALID_{kind.code}_ARN", message)
        if complaint == "ACCESS_DENIED":
            raise access_denied(f"ACCESS_DENIED_TO_{kind.code}", f"This account may not access {arn}")

    def _id(self) -> str:
        number = int(self._ids.hexadecimal(12), 16)
        letters = []
        for _ in range(_ID_LENGTH):
            number, digit = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[digit])
        return "".join(letters)
