"""Hosts that are not managed: those of the fleet's accounts and Regions are named, and nothing is taken for granted."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.fleet.file import NodesSection
from postpatch.fleet.gathering import gather
from postpatch.fleet.nodes import ListedHost, Unmanaged, unmanaged_of
from postpatch.fleet.outputs import as_document, write_outputs
from postpatch.fleet.targets import Target
from postpatch.simulator import worlds
from postpatch.simulator.accounts.estate import Estate, places_of
from postpatch.simulator.wire.mount import mount
from postpatch.verdict.run import Verdict
from tests.fleet.conftest import target

HOME, SECOND = "111111111111", "222222222222"
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
ONE = target()
STRAY = ListedHost(HOME, "us-east-1", "i-0aaaaaaaaaaaaaaaa", "Systems Manager does not manage it")


@pytest.fixture(scope="module")
def aws() -> Estate:
    """Return two accounts in two Regions, with the unified console in the management account, and a host unmanaged."""
    places = places_of([HOME, SECOND], ["us-east-1", "eu-west-1"], worlds()["workshop"])
    made = Estate(HOME, places, EVENING, console=(HOME, "us-east-1"))
    for place in ((SECOND, "us-east-1"), (SECOND, "eu-west-1")):
        made.simulators[place].fleet.hosts()[0].managed = False
    return made


def ask(aws: Estate, *places: tuple[str, str], region: str = "us-east-1", **section: Any) -> Unmanaged:
    """Return the hosts that are not managed in these accounts and Regions."""
    session = boto3.Session("SIMULATED", "simulated", region_name=region)
    mount(session, aws.wsgi)
    targets = [Target("_".join(place), *place, "", ()) for place in places]
    read = NodesSection.model_validate({"region": region} | section)
    return unmanaged_of(read, targets, Connection(session, read_only=True))


def test_hosts_of_the_fleets_places_are_named(aws: Estate) -> None:
    """In scope of a run or not; those of an account or Region that is no target are nobody's affair here."""
    found = ask(aws, (HOME, "us-east-1"), (SECOND, "us-east-1"))
    [host] = found.hosts
    named = aws.simulators[SECOND, "us-east-1"].fleet.hosts()[0].instance_id
    assert (host.host, host.account, host.region, found.left_out) == (named, SECOND, "us-east-1", ())
    assert host.reason.startswith("Systems Manager does not manage it, as of 2026-11-20 ")


def test_a_host_that_need_not_be_managed_is_left_out_with_its_reason(aws: Estate) -> None:
    """It is listed all the same."""
    host = aws.simulators[SECOND, "eu-west-1"].fleet.hosts()[0].instance_id
    found = ask(aws, (SECOND, "eu-west-1"), left_out=[{"host": host, "reason": "an appliance"}])
    assert (found.hosts, found.left_out) == ((), (ListedHost(SECOND, "eu-west-1", host, "an appliance"),))


def test_a_target_without_any_node_is_not_known_to_be_well(aws: Estate) -> None:
    """The unified console may leave out its Region."""
    [host] = ask(aws, (HOME, "us-east-1"), (HOME, "ap-southeast-2")).hosts
    assert (host.account, host.region, host.host) == (HOME, "ap-southeast-2", "")


@pytest.mark.parametrize("set_up", [True, False])
def test_where_the_console_is_not_set_up_the_error_says_what_to_do(
    aws: Estate, set_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another Region than its home, and where there is none."""
    monkeypatch.setattr(aws.simulators[HOME, "eu-west-1"].node_list, "set_up", set_up)
    with pytest.raises(CouldNotCheck, match=r"^Set up Systems Manager's unified console .* eu-west-1 .*Exception"):
        ask(aws, (HOME, "us-east-1"), region="eu-west-1")


def test_a_host_that_is_not_managed_is_an_error_of_the_fleet(put: Any, expect: Any) -> None:
    """Of a fleet whose targets all pass; a host that was left out is none."""
    put(ONE)
    fleet = gather([expect(ONE, unmanaged=(STRAY,))])
    assert (fleet.verdict, fleet.unmanaged) == (Verdict.ERROR, (STRAY,))
    assert fleet.sentence == "1 of 1 target passed, 1 host not managed by Systems Manager."
    unknown = ListedHost(HOME, "us-east-1", "", "no node")
    said = gather([expect(ONE, unmanaged=(unknown,))]).sentence
    assert said == "1 of 1 target passed, 1 target of which Systems Manager lists no node."
    for none in (None, ()):
        assert gather([expect(ONE, unmanaged=none, hosts_left_out=(STRAY,))]).verdict is Verdict.PASS


def test_the_three_files_name_it(put: Any, expect: Any) -> None:
    """And say whether the question was asked at all."""
    put(ONE)
    folder = expect(ONE, unmanaged=(STRAY,))
    write_outputs(gather([folder]), folder, EVENING)
    for name in ("fleet.html", "fleet.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert f"{STRAY.host} in account {HOME} us-east-1" in text
        assert STRAY.reason in text
    for unmanaged, words in ((None, False), ((), True)):
        fleet = gather([expect(ONE, unmanaged=unmanaged)])
        write_outputs(fleet, folder, EVENING)
        assert ("manages every host" in (folder / "fleet.html").read_text(encoding="utf-8")) is words
        assert (as_document(fleet, folder, EVENING)["unmanaged_hosts"] is None) is (unmanaged is None)
