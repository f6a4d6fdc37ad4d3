"""An estate: several accounts and Regions of one simulated AWS, a world in each, behind one address."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..deployment import Deployment
from ..simulator import A_POLL_TAKES, Simulator
from ..wire.front import Front, Step, refuse_oversized, refuse_unsigned
from ..wire.message import Request
from ..wire.moto_behind import MotoBehind
from ..world import World
from .inspector_members import InspectorOrganization
from .sessions import Sessions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Place = tuple[str, str]
# Services of a whole account, which no Region's simulator answers for.
_GLOBAL = frozenset({"sts", "iam", "organizations"})


class Estate:
    """Simulates the accounts and Regions of `places`, each a world of its own with a clock of its own.

    Whoever signs with any key is in `home`, the management account of an organization of all accounts; with the keys
    of an assumed role one is in the role's account, and may do what the role's policies allow. A place without a world
    has what moto knows. Like a simulator, the latest estate alone is alive. `console` is where Systems Manager's
    unified console is set up for the organization: its delegated administrator, and its home Region.
    """

    def __init__(
        self,
        home: str,
        places: Mapping[Place, World],
        begins_at: datetime,
        poll_takes: timedelta = A_POLL_TAKES,
        console: Place | None = None,
    ) -> None:
        self.home = home
        self._places, self._poll_takes, self._console = dict(places), poll_takes, console
        self.lock = threading.RLock()
        self.simulators: dict[Place, Simulator] = {}
        first: Simulator | None = None
        for (account, region), world in places.items():
            deployed = Deployment(account=account, region=region)
            simulator = Simulator(world, begins_at, deployed, poll_takes, beside=first)
            first = first or simulator
            self.simulators[account, region] = simulator
        for region in {region for _, region in places}:
            here = {account: one for (account, its), one in self.simulators.items() if its == region}
            InspectorOrganization(home, here).join()
        if console:
            self._set_up_console(console)
        self._sessions = Sessions(home, self.now, self._organization)
        self._fronts: dict[str, Front] = {}
        self._enforced: dict[Place, object] = {}
        self._used: dict[str, Simulator] = {}
        self._answering = threading.local()
        _organize(home, sorted({account for account, _ in places} - {home}))

    def _set_up_console(self, console: Place) -> None:
        # "every account in your organization is included" (user guide); all Regions of an estate were chosen.
        lists = [simulator.node_list for simulator in self.simulators.values()]
        for one in lists:
            one.set_up = True
        self.simulators[console].node_list.elsewhere = tuple(one.place for one in lists)

    @property
    def region(self) -> str:
        """Name a Region of the estate, for whoever must name one."""
        return next(iter(self.simulators))[1]

    @property
    def story(self) -> str:
        """Name the worlds."""
        return ", ".join(sorted({simulator.world.name for simulator in self.simulators.values()}))

    @property
    def wsgi(self) -> "WSGIApplication":
        """Serve everything; give it to a WSGI server."""
        return self

    def now(self) -> datetime:
        """Tell the simulated time: that of the call which this thread answered last, by which its answer is dated."""
        clock: Callable[[], datetime] = getattr(self._answering, "clock", self._earliest)
        return clock()

    def _earliest(self) -> datetime:
        return min(simulator.now() for simulator in self.simulators.values())

    def catch_up(self, moment: datetime) -> None:
        """Move each clock on to a moment, if it is behind."""
        for simulator in self.simulators.values():
            simulator.catch_up(moment)

    def remediate(self) -> None:
        """Play in each world what happened after the baseline."""
        for simulator in self.simulators.values():
            simulator.remediate()

    def anew(self, begins_at: datetime) -> "Estate":
        """Make the same estate again, from its beginning: nobody has made a role in it, and no session is known."""
        return Estate(self.home, self._places, begins_at, self._poll_takes, self._console)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one HTTP request (PEP 3333), in the account of who signed it and the Region that it is signed for."""
        signed = _signature(environ)
        session = self._sessions.of(signed.access_key)
        place = (session.account, signed.region)
        with self.lock:
            simulator = None if signed.service in _GLOBAL else self.simulators.get(place)
            if simulator is None:
                self._answering.clock = self._clock_of(signed.access_key, place)
                return self._account_front(session.account)(environ, start_response)
            self._used[signed.access_key] = simulator
            self._answering.clock = simulator.now
            if self._enforced.get(place) is not session:
                simulator.restrict(session.policy)
                self._enforced[place] = session
            return simulator.wsgi(environ, start_response)

    def _clock_of(self, access_key: str, place: Place) -> Callable[[], datetime]:
        """Return the clock that an answer of a whole account has: that of the Region which the caller works in.

        Whoever compares times has those of one Region; no answer may be ahead of it.
        """
        simulator = self._used.get(access_key) or self.simulators.get(place)
        return simulator.now if simulator else self._earliest

    def _account_front(self, account: str) -> Front:
        if account not in self._fronts:
            steps: list[Step] = [refuse_oversized, refuse_unsigned, self._sessions]
            self._fronts[account] = Front(steps, MotoBehind(account))
        return self._fronts[account]

    def _organization(self) -> str:
        from moto.organizations.models import organizations_backends

        organization = organizations_backends[self.home]["aws"].org
        return str(organization.id) if organization else ""


def places_of(accounts: Iterable[str], regions: Iterable[str], world: World) -> dict[Place, World]:
    """Return each account in each Region, all with one world."""
    return dict.fromkeys(_product(accounts, regions), world)


def _product(accounts: Iterable[str], regions: Iterable[str]) -> Iterator[Place]:
    listed = list(regions)
    return ((account, region) for account in accounts for region in listed)


def _organize(home: str, members: list[str]) -> None:
    """Make an organization of the accounts; moto gives a new account an id of its own choice."""
    from moto.organizations.models import organizations_backends

    backend = organizations_backends[home]["aws"]
    backend.create_organization("us-east-1", FeatureSet="ALL")
    for account in members:
        backend.create_account(AccountName=f"account {account}", Email=f"{account}@example.com")
        backend.accounts[-1].id = account


def _signature(environ: "WSGIEnvironment") -> Request:
    headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name[:5] == "HTTP_"}
    query = environ.get("QUERY_STRING", "")
    return Request(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), query, headers, b"", {})
