"""`[notify]`: where a run's verdict is sent.

Addresses and tokens are secrets, and the policy is stored with the evidence: it names the variables that hold them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from postpatch.policy.section import SECRET, Section, shaped

GITHUB, GITLAB = "github", "gitlab"
_APIS = {GITHUB: "https://api.github.com", GITLAB: "https://gitlab.com/api/v4"}
# AWS's own credentials are none of anyone else's: whoever writes the policy decides where a token goes.
_VARIABLE = re.compile(r"(?!AWS_)[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# SNS API reference, CreateTopic: the characters of a name. A FIFO topic takes a message only in a group of messages.
_Topic = Annotated[
    str,
    shaped(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}", "the ARN of an SNS topic that is not FIFO"),
]
_PART = r"[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_Project = Annotated[str, shaped(rf"{_PART}(/{_PART})+", "a project with its owner, such as owner/name")]


def _https(address: str) -> str:
    try:
        parts = urlsplit(address)
        sound = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        sound = False
    if not sound or not address.isascii() or not address.isprintable() or set(address) & set(' "<>|'):
        raise PydanticCustomError("https", "must be an https address without a user name or a password")
    return address


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        # What was written may be the secret itself: its error is not to repeat it.
        raise PydanticCustomError(SECRET, "must be the name of an environment variable, and none of AWS's (AWS_…)")
    return name


_Variable = Annotated[str, AfterValidator(_variable)]
_Https = Annotated[str, AfterValidator(_https)]


class WebhookPolicy(Section):
    """A webhook: an incoming webhook of Slack, or one of a workflow in Microsoft Teams.

    `address_from` is the environment variable that holds its address.
    """

    format: Literal["slack", "teams"]
    address_from: _Variable


class IssuePolicy(Section):
    """An issue that is created for each run that did not pass.

    `token_from` is the environment variable that holds the token, `api` the address of a server of your own, such as
    `https://gitlab.example.com/api/v4`.
    """

    at: Literal["github", "gitlab"]
    project: _Project
    token_from: _Variable
    api: _Https | None = None

    @property
    def server(self) -> str:
        """Return the address of the API, without a slash at its end."""
        return (self.api or _APIS[self.at]).rstrip("/")


class NotifyPolicy(Section):
    """Where the verdict, the counts and the `link` are sent. In `link`, `{run}` is replaced by the id of the run.

    `when` is for the topic and the webhook. In Security Hub the `verdict` is one finding, and `checks` are a finding
    each, with their reasons; they are updated by every run.
    """

    link: _Https | None = None
    when: Literal["always", "not-passed"] = "always"
    topic: _Topic | None = None
    security_hub: Literal["verdict", "checks"] | None = None
    webhook: WebhookPolicy | None = None
    issue: IssuePolicy | None = None

    @property
    def secrets_from(self) -> tuple[str, ...]:
        """Return the environment variables that hold secrets."""
        of_webhook = (self.webhook.address_from,) if self.webhook else ()
        return of_webhook + ((self.issue.token_from,) if self.issue else ())


def foreign_topic(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence if the topic is in another Region than the hosts: SNS answers for a topic in its own alone."""
    notify, scope = document.get("notify"), document.get("scope")
    if not (isinstance(notify, Mapping) and isinstance(scope, Mapping)):
        return
    topic, region = notify.get("topic"), scope.get("region")
    parts = topic.split(":") if isinstance(topic, str) else []
    if len(parts) > 3 and isinstance(region, str) and parts[3] != region:
        yield f"notify.topic: must be in the Region of the hosts, {region} (found {parts[3]})"
