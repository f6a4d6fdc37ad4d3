"""The embedded AWS: one account, one Region, one world, one clock."""

import functools
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from .clock import Clock
from .deployment import Deployment
from .world import World

if TYPE_CHECKING:
    import threading

    from _typeshed.wsgi import WSGIApplication

    from .fault import Fault
    from .wire.faults import Injected
    from .wire.front import Forward, Operations
    from .wire.message import Answer, Request

# How long before the baseline the hosts were launched, and what polls cost; other calls take a second.
LAUNCHED_BEFORE = timedelta(hours=2)
A_POLL_TAKES = timedelta(seconds=30)
A_CALL_TAKES = timedelta(seconds=1)
_POLLS = frozenset(
    {
        "ListCoverage",
        "ListCisScans",
        "ListCommandInvocations",
        "GetCommandInvocation",
        "ListCommands",
        "DescribeAssociationExecutions",
        "DescribeAssociationExecutionTargets",
        "DescribeAssociation",
        "DescribeAssessmentRuns",
        "ListAssessmentRuns",
    }
)
_CHANGE_EC2 = frozenset({"ec2", "autoscaling", "cloudformation"})
# Whoever looks at a world signs with the first; the world's own story is told with the second.
ACCESS_KEY = "SIMULATED"
OPERATOR_KEY = "SIMULATEDOPERATOR"
# The hour (UTC) at which somebody comes to verify what the night's patching did.
MORNING = 8


class Simulator:
    """Simulate one AWS account in a world.

    Making one resets moto's state in this process, so that only the latest simulator is alive, and those made `beside`
    it: in another account or Region of the same simulated AWS.
    The same world, begun at the same moment and deployed in the same way, has the same ids in every run.
    `poll_takes` is the simulated time that passes with each poll.
    """

    operator_key = OPERATOR_KEY
    _latest: ClassVar[object] = None

    def __init__(
        self,
        world: World,
        begins_at: datetime,
        deployment: Deployment | None = None,
        poll_takes: timedelta = A_POLL_TAKES,
        beside: "Simulator | None" = None,
    ) -> None:
        from .building import build

        self._aws: object = beside._aws if beside else object()
        Simulator._latest = self._aws
        self.world = world
        self.deployment = deployment or Deployment()
        self._poll_takes = poll_takes
        evening = world.begins_at or begins_at
        self.clock = Clock(evening - LAUNCHED_BEFORE)
        parts = build(self, anew=beside is None)
        self.front = parts.front
        self._permissions = parts.permissions
        self._faults = parts.faults
        self.buckets = parts.buckets
        here = parts.here
        self.pages, self.fleet, self.scanner, self.cis = here.pages, here.fleet, here.scanner, here.cis
        self.associations, self.classic = here.associations, here.classic
        self.suppression, self.image_pipelines = here.suppression, here.image_pipelines
        self.node_list, self.findings, self.coverage = here.node_list, here.findings, here.coverage
        self._services = here.services
        self._clients: dict[str, Any] = {}
        world.deploy(self)
        if self.deployment.topic:
            self.client("sns").create_topic(Name=self.deployment.topic)
        self.fleet.notice()
        self.clock.advance_to(evening)

    @property
    def account(self) -> str:
        """Name the one account."""
        return self.deployment.account

    @property
    def region(self) -> str:
        """Name the one Region."""
        return self.deployment.region

    @property
    def wsgi(self) -> "WSGIApplication":
        """Serve everything; mount it, or give it to a WSGI server."""
        return self.front

    def now(self) -> datetime:
        """Tell the simulated time, aware, in UTC."""
        return self.clock.now()

    @property
    def superseded(self) -> bool:
        """Tell whether a later simulator took moto's state over; every call on this one is refused then."""
        return Simulator._latest is not self._aws

    def mount(self, session: Any) -> None:
        """Answer every request of the clients that `session` (boto3) makes from now on; no socket is opened."""
        from .wire.mount import mount

        mount(session, self.front)

    def client(self, service: str) -> Any:
        """Make a boto3 client on this simulator for the world's own story; the environment plays no part.

        It signs with a key of its own: neither the faults nor the permissions of those who look at the world meet it.
        """
        from .wire.mount import mount

        if service not in self._clients:
            self._clients[service] = _operators_session(self.region).client(service, region_name=self.region)
            mount(self._clients[service].meta, self.front)
        return self._clients[service]

    def session(self) -> Any:
        """Make a boto3 session on this simulator, with dummy credentials; the environment plays no part."""
        session = _sealed_session(self.region, ACCESS_KEY)
        self.mount(session)
        return session

    def answer_too(self, service: str, operations: "Operations") -> None:
        """Answer further operations of a service, in the Region of the world."""
        self._services[service] |= operations

    def inject(self, fault: "Fault") -> "Injected":
        """Have calls go wrong on the wire, from now on."""
        return self._faults.inject(fault)

    def restrict(self, policy: Mapping[str, Any] | None) -> None:
        """Enforce an identity policy (IAM's JSON, read) from now on, or none, against all but the world's own story."""
        self._permissions.restrict(policy)

    @property
    def lock(self) -> "threading.RLock":
        """Return what is held while a call is answered."""
        return self.front.lock

    @property
    def story(self) -> str:
        """Name the world."""
        return self.world.name

    def catch_up(self, moment: datetime) -> None:
        """Move the clock on to a moment, if it is behind."""
        self.clock.advance_to(max(moment, self.now()))

    def anew(self, begins_at: datetime) -> "Simulator":
        """Make the same world again, from its beginning; this simulator refuses every call from then on."""
        return Simulator(self.world, begins_at, self.deployment, self._poll_takes)

    def let_time_pass(self) -> None:
        """Let time pass for a call that is refused before it reaches a service."""
        self.clock.advance(A_CALL_TAKES)

    def remediate(self) -> None:
        """Play what happened after the baseline, and move on to the next morning."""
        self.world.remediate(self)
        evening = self.clock.now()
        morning = evening.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        self.clock.advance_to(morning if morning > evening else morning + timedelta(days=1))

    def know_image(self, image_id: str, facts_name: str = "amazon-linux-2023") -> None:
        """Make a machine image known, with the packages of its facts."""
        from .facts.reading import read_facts

        self.fleet.know_image(image_id, read_facts(facts_name))

    def build_image(self, image_id: str, facts_name: str = "amazon-linux-2023", ago: timedelta = timedelta(0)) -> None:
        """Make an image known that is built now, or was some time ago, with all patches that were out."""
        from .facts import newer_image
        from .facts.reading import read_facts

        self.fleet.know_image(image_id, newer_image(read_facts(facts_name), self.clock.now() - ago))

    def only_the_latest(self, request: "Request", forward: "Forward") -> "Answer":
        """Refuse every call once another simulator was made: half of what would be answered is the other's."""
        from .wire.errors import AwsError

        if self.superseded:
            raise AwsError("NotImplemented", "a later simulator in this process took the place of this one", status=501)
        return forward(request)

    def before_each(self, operation: str, params: dict[str, Any]) -> None:
        """Let time pass for one call of ours: much for a poll, little for anything else, a next page included."""
        following = params.get("nextToken") or params.get("NextToken")
        polls = operation in _POLLS and not following
        self.clock.advance(self._poll_takes if polls else A_CALL_TAKES)
        self.scanner.look_after()

    def beside_moto(self, request: "Request", forward: "Forward") -> "Answer":
        """Let time pass for a call that moto answers, and take in what it changed in EC2."""
        self.clock.advance(A_CALL_TAKES)
        stack = dict(request.form).get("StackName", "") if request.service == "cloudformation" else ""
        if request.action == "DeleteStack":
            self.fleet.ec2.stacks.release(stack)
        answer = forward(request)
        if request.action == "CreateStack" and answer.status == HTTPStatus.OK:
            self.fleet.ec2.stacks.created(stack, self.clock.now())
            self.fleet.ec2.tag_addresses_by_id()
        if request.service in _CHANGE_EC2:
            self.fleet.notice()
        if request.service == "ec2" and request.action == "RebootInstances" and answer.status == HTTPStatus.OK:
            self.fleet.reboot(value for name, value in request.form if name.startswith("InstanceId."))
        return answer


@functools.cache
def _operators_session(region: str) -> Any:
    """Keep one session for the clients of all worlds of a Region; each client is mounted by itself."""
    return _sealed_session(region, OPERATOR_KEY)


def _sealed_session(region: str, key: str) -> Any:
    """Make a boto3 session that neither environment variables nor configuration files reach."""
    import boto3
    import botocore.session
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

    from .wire.models import model_loader
    from .wire.mount import Unhurried

    sealed = {name: (None, None, row[2], row[3]) for name, row in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
    sealed["ignore_configured_endpoint_urls"] = (None, None, True, None)
    sealed["config_file"] = (None, None, os.devnull, None)
    sealed["credentials_file"] = (None, None, os.devnull, None)
    inner = botocore.session.Session(session_vars=sealed, event_hooks=Unhurried())
    inner.register_component("data_loader", model_loader())
    return boto3.Session(key, "simulated", region_name=region, botocore_session=inner)
