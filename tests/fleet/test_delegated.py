"""Reading the findings of all accounts once in a Region: whole, split by account, or with the reason why not."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.evidence.members import Reading, read_reading, rows_of
from postpatch.fleet.delegated import read_region, read_regions, require_administrators
from postpatch.fleet.targets import Target
from postpatch.simulator import worlds
from postpatch.simulator.accounts.estate import Estate, places_of
from postpatch.simulator.wire.mount import mount

HOME, SECOND, STRANGER = ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGION = "us-east-1"
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def estate() -> Estate:
    """Make an organization whose management account administers Inspector, with one of two others associated."""
    estate = Estate(HOME, places_of(ACCOUNTS, [REGION], worlds()["workshop"]), EVENING)
    inspector = session(estate).client("inspector2")
    inspector.enable_delegated_admin_account(delegatedAdminAccountId=HOME)
    inspector.associate_member(accountId=SECOND)
    return estate


def session(estate: Estate, region: str = REGION) -> boto3.Session:
    """Return a session of the management account."""
    made = boto3.Session("SIMULATED", "simulated", region_name=region)
    mount(made, estate.wsgi)
    return made


def files(folder: Path, *accounts: str) -> dict[str, Path]:
    """Return where the findings of accounts go."""
    return {account: folder / f"{account}_{REGION}.findings.ndjson.gz" for account in accounts}


def findings(path: Path, account: str) -> tuple[Reading, list[str]]:
    """Return a reading, and the ARNs of all findings that were read."""
    reading = read_reading(path)
    assert reading.account == account
    return reading, [row.arn for row in rows_of(path, reading, reading.scanned)]


def own_findings(estate: Estate, account: str) -> list[str]:
    """Return the ARNs of an account's findings, as the account itself sees them."""
    return [row["findingArn"] for row in estate.simulators[account, REGION].findings.own_rows(None)]


def test_all_accounts_are_read_together_and_split(estate: Estate, tmp_path: Path) -> None:
    """Each gets what it would have read itself, in the fewest calls; a stranger's error names what to do."""
    connection, paths = Connection(session(estate), read_only=True), files(tmp_path, *ACCOUNTS)
    read_region(connection, REGION, paths)
    total = 0
    for account in (HOME, SECOND):
        reading, arns = findings(paths[account], account)
        hosts = [host.instance_id for host in estate.simulators[account, REGION].fleet.hosts()]
        assert sorted(arns) == sorted(own_findings(estate, account))
        assert {*reading.scanned} == {*hosts}
        assert (reading.region, reading.error, reading.rows) == (REGION, "", len(arns))
        assert reading.started_at <= reading.finished_at
        total += len(arns)
    assert total > 100
    assert connection.calls["inspector2:ListFindings"] == -(-total // 100)
    assert connection.calls["inspector2:ListCoverage"] == 1
    stranger = read_reading(paths[STRANGER])
    assert stranger.error.startswith(f"Associate account {STRANGER} with Inspector's delegated administrator {HOME} in")
    assert not paths[STRANGER].exists()


def test_more_than_ten_accounts_are_read_ten_at_a_time(estate: Estate, tmp_path: Path, monkeypatch: Any) -> None:
    """Side by side, and each page is of accounts that were asked about."""
    accounts = [HOME, SECOND, *(f"{number:012}" for number in range(20))]
    monkeypatch.setattr("postpatch.fleet.delegated.associated_members", lambda *_: frozenset(accounts))
    connection, paths = Connection(session(estate), read_only=True, at_once=4), files(tmp_path, *accounts)
    read_region(connection, REGION, paths)
    assert {account: read_reading(paths[account]).rows > 0 for account in accounts} == {
        account: account in (HOME, SECOND) for account in accounts
    }


@pytest.mark.parametrize("designated", ["another", "nobody"])
def test_whoever_is_not_the_administrator_reads_nothing(
    estate: Estate, tmp_path: Path, designated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the credentials lead to another account than Inspector's administrator, or Inspector has none."""
    client = Connection(session(estate), read_only=True)
    answer = {"delegatedAdmin": {"accountId": SECOND}} if designated == "another" else {}
    monkeypatch.setattr(client.client("inspector2"), "get_delegated_admin_account", lambda: answer)
    with pytest.raises(CouldNotCheck, match="Correct the roles of"):
        require_administrators([REGION], lambda _: client)
    with pytest.raises(CouldNotCheck, match=rf"which lead to account {HOME}: in us-east-1 .* is (2{{12}}|not desig)"):
        read_region(client, REGION, files(tmp_path, HOME))
    assert not [*tmp_path.iterdir()]


def test_every_region_is_asked_before_anything_runs(estate: Estate) -> None:
    """All problems are reported at once; what is well is no problem."""
    asked: list[str] = []

    def connect(region: str) -> Connection:
        asked.append(region)
        if region != REGION:
            raise CouldNotCheck(f"Allow sts:AssumeRole to the caller: {region}")
        return Connection(session(estate), read_only=True)

    require_administrators([REGION], connect)
    with pytest.raises(CouldNotCheck, match=r"^Allow .*: eu-west-1\nAllow .*: sa-east-1$"):
        require_administrators(["sa-east-1", REGION, "eu-west-1"], connect)
    assert len(asked) == 4


def test_what_could_not_be_read_is_recorded_for_each_account(estate: Estate, tmp_path: Path) -> None:
    """One Region that fails keeps no other from being read."""
    targets = [
        Target(f"{account}_{region}", account, region, "", ())
        for account in (HOME, SECOND)
        for region in (REGION, "eu-west-1", "sa-east-1")
    ]
    said: list[str] = []

    def connect(region: str) -> Connection:
        if region == "eu-west-1":
            raise CouldNotCheck("Renew the credentials and run again: they ran out.")
        if region == "sa-east-1":
            raise ValueError("a defect")
        return Connection(session(estate), read_only=True)

    read_regions(
        targets, connect, lambda account, region: tmp_path / f"{account}_{region}.findings.ndjson.gz", said.append
    )
    errors = {target.name: read_reading(tmp_path / f"{target.name}.findings.ndjson.gz").error for target in targets}
    assert {error for name, error in errors.items() if REGION in name} == {""}
    assert {error for name, error in errors.items() if REGION not in name} == {
        "Renew the credentials and run again: they ran out.", "ValueError: a defect",
    }  # fmt: skip
    assert sum("reading the findings of 2 accounts" in line for line in said) == 3
