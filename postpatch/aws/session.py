"""The connection to AWS: clients that retry, tell of their calls, and send only what the mode allows."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import RLock
from typing import Any

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, PaginationError
from botocore.parsers import ResponseParserError

from postpatch import __version__
from postpatch.aws.answers import (
    leave_credentials_out,
    leave_credentials_out_of_refusals,
    require_readable,
    reword_error,
)
from postpatch.aws.decoding import decode, read_times_as_utc
from postpatch.aws.endpoints import is_aws
from postpatch.aws.fetched_credentials import watch_for_credentials
from postpatch.aws.throttling import THROTTLED, keep_trying
from postpatch.aws.waits import Waits
from postpatch.errors import CouldNotCheck, NotAllowed
from postpatch.model import Call, Caller
from postpatch.model.moment import CLOCK_TOLERANCE
from postpatch.text.addresses import is_plain, server_of
from postpatch.text.credentials import note_credentials, redacted

# The only calls of the suite that change anything in AWS; each is refused when reading only.
WRITES = frozenset(
    {
        "inspector:StartAssessmentRun",
        "ssm:StartAssociationsOnce",
        "inspector2:CreateCisScanConfiguration",
        "ssm:CreateMaintenanceWindow",
        "ssm:RegisterTargetWithMaintenanceWindow",
        "ssm:RegisterTaskWithMaintenanceWindow",
    }
)
# Sent only with what the policy allows, word for word: a command can do anything.
SEND_COMMAND = "ssm:SendCommand"
# What `[patching] rescan` allows.
SCAN_PATCHES: Mapping[str, Any] = {"DocumentName": "AWS-RunPatchBaseline", "Parameters": {"Operation": ["Scan"]}}
# Sent only where the policy names a destination in AWS (`[notify]`): what the run says of itself.
NOTICES = frozenset({"sns:Publish", "securityhub:BatchImportFindings"})
# SimulatePrincipalPolicy "does not perform the API operations" (IAM API reference): it reads what is allowed.
_READS = ("Describe", "Get", "Head", "List", "BatchGet", "SimulatePrincipalPolicy")
# How many calls of a kind a live run has under way at once; of one service up to three kinds are independent.
AT_ONCE, _KINDS = 16, 3
_ATTEMPTS, _BRIEF_ATTEMPTS = 8, 2
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    connect_timeout=10,
    read_timeout=60,
    user_agent=f"postpatch/{__version__} Botocore/{botocore.__version__}",  # its own is made again for each call
)
# botocore's adaptive mode has one rate limiter for all calls of a client: a throttled call slows down all of them.
_CONFIG_AT_ONCE = _CONFIG.merge(
    Config(retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS}, max_pool_connections=AT_ONCE * _KINDS)
)
# For what nobody waits for: a verdict that cannot be sent is reported, and nothing depends on it.
_CONFIG_BRIEF = _CONFIG.merge(
    Config(retries={"mode": "standard", "total_max_attempts": _BRIEF_ATTEMPTS}, connect_timeout=5, read_timeout=10)
)
_OPERATION = "postpatch.operation"  # our own key in botocore's context of a call
# Services whose IAM actions do not begin with the name of their endpoint (Service Authorization Reference).
_ACTION_PREFIXES = {"monitoring": "cloudwatch"}
# What to do next, by the error code AWS gives.
_NEXT = {
    "AccessDenied": "Allow {operation} to the caller.",
    "UnauthorizedOperation": "Allow {operation} to the caller.",
    "Expired": "Renew the credentials and run again: they ran out.",
    "InvalidClientToken": "Renew the credentials and run again: they are not valid.",
    "UnrecognizedClient": "Renew the credentials and run again: they are not valid.",
    "AuthFailure": "Renew the credentials and run again: they are not valid.",
    **dict.fromkeys(THROTTLED, "Run again later: AWS is throttling this account."),
}
_SIGNED_WRONGLY = {"SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"}
_ANYTHING_ELSE = "Correct the cause and run again."
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)")  # as AWS names what it denies


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Connection:
    """One account and region, looked at through boto3.

    `clock` tells the time the looks are dated with: by default AWS's, the Date of its last answer, for this machine's
    may be wrong or jump. `poll_seconds` is the delay between two polls, which a simulated run replaces by 0.
    `endpoint_url` is where every service answers, if not at AWS. `writes` are the only calls sent beside reads, none of
    them when reading only, and `commands` the only ones that are sent to hosts, each a document with its parameters.
    `on_call` gets each call as it is answered; `calls` counts them by `service:Operation`. Up to `at_once` calls
    of a kind are under way at the same time where their order does not matter. One that is `brief` gives up within a
    minute.
    """

    def __init__(
        self,
        session: boto3.Session,
        *,
        read_only: bool = False,
        clock: Callable[[], datetime] | None = None,
        poll_seconds: float = 30,
        endpoint_url: str = "",
        writes: frozenset[str] = WRITES,
        commands: Collection[Mapping[str, Any]] = (),
        on_call: Callable[[Call], None] = lambda _: None,
        at_once: int = 1,
        brief: bool = False,
    ) -> None:
        self.session = session
        self.read_only = read_only
        self.clock = clock or self._their_clock
        self.poll_seconds = poll_seconds
        self._most_at_once, self._waits = at_once, Waits()
        self._brief = brief
        self._endpoint_url = endpoint_url or None
        self._writes, self._commands = writes, commands
        self._on_call = on_call
        self._date: datetime | None = None
        self.calls: Counter[str] = Counter()
        self._clients: dict[str, Any] = {}
        self._lock = RLock()
        # These also meet the calls by which botocore itself fetches credentials, for a profile with a role for one.
        watch_for_credentials(session.events)
        read_times_as_utc(session)
        session.events.register("before-parse", decode)
        session.events.register("before-parse", require_readable)
        session.events.register("after-call", leave_credentials_out_of_refusals)
        session.events.register("after-call-error", reword_error)

    @property
    def at_once(self) -> int:
        """Return how many calls of a kind to have under way at once: one while AWS answers at once."""
        return self._most_at_once if self._waits.are_long else 1

    def refuse_writes(self) -> None:
        """Send nothing but reads from now on; what the mode makes of that is left as it is."""
        self._writes, self._commands = frozenset(), ()

    def client(self, service: str) -> Any:
        """Return the client of `service`, made once; what is registered on the session later does not reach it."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._made_client(service)
            return self._clients[service]

    def _made_client(self, service: str) -> Any:
        session: Any = self.session  # a service given as a value fits none of the overloads
        config = _CONFIG_BRIEF if self._brief else _CONFIG_AT_ONCE if self._most_at_once > 1 else _CONFIG
        client = session.client(service, config=config, endpoint_url=self._endpoint_url)
        url = client.meta.endpoint_url
        if not is_plain(url):
            raise CouldNotCheck(f"Name {service}'s endpoint as http(s)://HOST:PORT alone: reports repeat it.")
        if not self._endpoint_url and not is_aws(url):
            raise CouldNotCheck(
                "Unset AWS_ENDPOINT_URL, or say with --endpoint-url that it is meant: "
                f"the environment sends {service} to {server_of(url)}, which is not AWS."
            )
        events = client.meta.events
        keep_trying(events, _BRIEF_ATTEMPTS if self._brief else _ATTEMPTS)
        events.register("before-parameter-build", self._allow)
        events.register("before-call", self._begun)
        events.register("after-call", self._answered)
        events.register("after-call-error", self._unanswered)
        return client

    def caller(self) -> Caller:
        """Return who is looking, and where."""
        with asking("who the caller is"):
            identity = self.client("sts").get_caller_identity()
        region = self.session.region_name
        if not region:
            raise CouldNotCheck("Set scope.region in the policy and AWS_REGION alike: no AWS region is set.")
        return Caller(identity["Account"], region, identity["Arn"])

    def _allow(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        operation = _operation(model)
        writes = operation in self._writes or (operation == SEND_COMMAND and self._is_allowed(params))
        if model.name.startswith(_READS) or (writes and not self.read_only):
            return
        mode = "reading only" if self.read_only else "this suite"
        raise NotAllowed(f"{operation} changes something in AWS, which {mode} does not do; it was not sent.")

    def _is_allowed(self, params: Mapping[str, Any]) -> bool:
        return any(all(params.get(name) == value for name, value in one.items()) for one in self._commands)

    def _their_clock(self) -> datetime:
        return self._date or _utc_now()

    def _begun(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        self._waits.begin(context)
        context[_OPERATION] = _operation(model)  # botocore tells of a call without an answer by its context alone
        credentials: Any = None
        with suppress(BotoCoreError):  # signing, which comes next, says why there are none
            credentials = self.session.get_credentials()
            credentials = credentials and credentials.get_frozen_credentials()
        if credentials:
            note_credentials(credentials.access_key, credentials.secret_key, credentials.token)

    def _answered(self, http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        leave_credentials_out(http_response, parsed)
        self._date = _dated(parsed) or self._date
        said, error = parsed.get("ResponseMetadata", {}), parsed.get("Error", {})
        self._tell(
            context,
            request_id=said.get("RequestId", ""),
            status=said.get("HTTPStatusCode"),
            attempts=said.get("RetryAttempts", 0) + 1,
            error=error.get("Code", ""),
        )

    def _unanswered(self, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        attempts = context.get("retries", {}).get("attempt", 1)
        self._tell(context, request_id="", status=None, attempts=attempts, error=type(exception).__name__)

    def _tell(self, context: dict[str, Any], **told: Any) -> None:
        self._waits.end(context)
        call = Call(context[_OPERATION], self.clock(), **told)
        with self._lock:
            self.calls[call.operation] += 1
            self._on_call(call)


def each_page(ask: Callable[..., dict[str, Any]], **asked: Any) -> Iterator[dict[str, Any]]:
    """Yield each page of an operation for which botocore has no paginator, by its NextToken.

    A token that comes a second time is botocore's own PaginationError, as in its paginators: such pages never end.
    """
    while True:
        page = ask(**asked)
        yield page
        token = page.get("NextToken")
        if not token:
            return
        if token == asked.get("NextToken"):
            raise PaginationError(message=f"The same next token was received twice: {token}")
        asked["NextToken"] = token


def answered_at(connection: Connection, answer: dict[str, Any]) -> datetime:
    """Return when AWS answered, by the answer's Date; by the connection's clock where it has none."""
    return _dated(answer) or connection.clock()


def to_the_second(moment: datetime) -> str:
    """Return a moment as Systems Manager's filters take it: in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def asking(subject: str) -> Iterator[None]:
    """Turn AWS's refusals into CouldNotCheck: what to do, what was asked for, and AWS's own words last."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        step = next((words for key, words in _NEXT.items() if key in code), _ANYTHING_ELSE)
        if code in _SIGNED_WRONGLY and _clock_is_off(error.response):
            step = "Correct this machine's clock and run again: it differs from that of AWS."
        named = _ACTION.search(str(error))
        advice = step.format(operation=named[1] if named else error.operation_name)
        raise CouldNotCheck(redacted(f"{advice} Could not ask {subject}: {error}")) from error
    except (BotoCoreError, ResponseParserError) as error:
        raise CouldNotCheck(redacted(f"{_ANYTHING_ELSE} Could not ask {subject}: {error}")) from error


def _dated(answer: Any) -> datetime | None:
    try:
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None  # no answer of AWS's is without a date; a proxy's may be


def _clock_is_off(answer: Any) -> bool:
    date = _dated(answer)
    return date is not None and abs(_utc_now() - date) >= CLOCK_TOLERANCE


def _operation(model: Any) -> str:
    service = model.service_model.endpoint_prefix
    return f"{_ACTION_PREFIXES.get(service, service)}:{model.name}"
