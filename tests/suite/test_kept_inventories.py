"""A host of Ubuntu that nothing changes, week after week: what one snapshot keeps spares the next one the wait."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from postpatch.evidence.kept import keep, read_kept
from postpatch.model import Manifest
from postpatch.run.kept_digests import kept_digests
from postpatch.run.steps.baseline import take_baseline
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.facts.reading import read_facts
from postpatch.simulator.world import World
from postpatch.simulator.worlds import other_systems, workshop
from tests.suite.rehearsing import BEGINS, collection_of
from tests.suite.world_policies import in_toml

FEW = 10
AT_ONCE = timedelta(minutes=20)  # the policy's limit is 90 minutes


def policy_in(folder, policy):
    """Write a policy to a folder and return its path."""
    path = folder / "policy.toml"
    path.write_text(in_toml(policy), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    """Return what a baseline and a verification found, twice, where the second finds the first one's reports."""
    world = worlds()["unchanged-inventory"]
    aws, found = Simulator(world, BEGINS), []
    for number in range(2):
        folder = tmp_path_factory.mktemp(f"week{number}")
        if found:
            earlier = found[-1].folder
            (folder / "evidence").mkdir()
            shutil.copyfile(earlier / "after.manifest.json", folder / "evidence" / "after.manifest.json")
        collection = collection_of(folder, world, policy_in(folder, world.policy), aws)
        collection.value("after")
        found.append(collection)
        aws.clock.advance(timedelta(days=7))
    return found


def test_each_week_proves_the_next_one(weeks):
    """The first baseline saw the scan, and no later snapshot did: each rests on the one before, and none waited."""
    host = workshop.red_team_host(weeks[0].session.simulator).instance_id
    first, second = ([week.value(name).manifest for name in ("baseline", "after")] for week in weeks)
    proofs = [next(one.proof for one in manifest.hosts if one.id == host) for manifest in (*first, *second)]
    assert proofs == ["coverage", "unchanged", "unchanged", "unchanged"]
    kept = {digest for manifest in (*first, *second) for digest in manifest.digests}
    assert len(kept) == 1
    for week in weeks:
        run = week.value("scan")
        assert run.finished_at - run.launch.launched_at < AT_ONCE


def test_only_snapshots_of_this_account_and_aws_count(weeks, tmp_path):
    """What another account, Region or AWS keeps says nothing, nor does what cannot be read; the later comes last."""
    after = weeks[0].value("after").manifest
    settings = replace(weeks[0].session.settings, reports=tmp_path)
    caller = weeks[0].value("account")
    assert kept_digests(settings, caller) == ()
    (tmp_path / "evidence").mkdir()
    keep(tmp_path / "evidence" / "after.manifest.json", after, Manifest)
    assert kept_digests(settings, caller) == after.digests
    (digest,) = after.digests
    newer = replace(after, taken_at=after.taken_at + timedelta(days=1), digests=(replace(digest, sha256="b"),))
    keep(tmp_path / "baseline.manifest.json", newer, Manifest)
    assert [one.sha256 for one in kept_digests(settings, caller)] == [digest.sha256, "b"]
    for other in ({"account": "210987654321"}, {"region": "eu-west-1"}):
        assert kept_digests(settings, replace(caller, **other)) == ()
    assert kept_digests(replace(settings, world="workshop"), caller) == ()
    (tmp_path / "baseline.manifest.json").write_text("{", encoding="utf-8")
    assert kept_digests(settings, caller) == after.digests


def test_a_manifest_without_digests_is_read(weeks, tmp_path):
    """A snapshot from before there were any keeps nothing."""
    path = tmp_path / "old.manifest.json"
    keep(path, replace(weeks[0].value("after").manifest, digests=()), Manifest)
    path.write_text(path.read_text(encoding="utf-8").replace(',\n "digests": []', ""), encoding="utf-8")
    assert "digests" not in path.read_text(encoding="utf-8")
    assert read_kept(path, Manifest).digests == ()


@pytest.mark.parametrize(
    ("facts", "keeps", "calls"),
    [
        pytest.param("ubuntu-22.04", True, 2 * FEW, id="dpkg"),
        pytest.param("ubuntu-22.04", False, 0, id="not-wanted"),
        pytest.param("rhel-9", True, FEW, id="rpm"),
    ],
)
def test_what_it_costs(tmp_path, facts, keeps, calls):
    """A call for fifty packages of each host of Debian and Ubuntu, and one of others; none where it is not wanted.

    Each host is asked once besides when its inventory was captured, as Inspector scanned it before anybody asked.
    """

    def deploy(aws):
        known = read_facts(facts)
        more = (replace(known.packages[0], name=f"other{number}") for number in range(100 - len(known.packages)))
        image, size = other_systems.IMAGES[facts]
        aws.fleet.know_image(image, replace(known, packages=(*known.packages, *more)))
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Fleet", "Value": "web"}]}]
        fleet = {"MinCount": FEW, "MaxCount": FEW, "TagSpecifications": tags}
        aws.client("ec2").run_instances(ImageId=image, InstanceType=size, **fleet)

    world = World("fleet", "Ten hosts of one system.", frozenset(), deploy, lambda _: None)
    scope = {"stack": None, "tag": {"key": "Fleet", "value": "web"}}
    policy = policy_in(tmp_path, {"inspector": {"keep_inventories": keeps}, "scope": scope})
    session = collection_of(tmp_path, world, policy).session
    take_baseline(session, session.connection.caller(), tmp_path / "baseline.ndjson.gz")
    assert session.connection.calls["ssm:ListInventoryEntries"] == FEW + calls
