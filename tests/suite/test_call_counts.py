"""How often AWS is asked about a fleet of 100 hosts: nothing per finding, and a host's own questions for few hosts."""

from dataclasses import replace

import pytest

from postpatch.simulator.facts.reading import read_facts
from postpatch.simulator.world import World
from postpatch.simulator.worlds import workshop
from postpatch.verdict.causes.story import stories
from tests.suite.rehearsing import ROOT, collection_of

HOSTS = 100
FEW = 10
BREAK = 5
# The documents of Patch Manager that install: each is asked for in the history of commands and of associations.
PATCHING_DOCUMENTS = 3
# Few packages, for what counts is how many calls are made and not how long each answer is.
PACKAGES = {"expat", "libxml2", "bind-libs"}
LEFT = {"expat"}
BY_TAG = 'tag = { key = "Fleet", value = "web" }'


def deploy(aws, hosts=HOSTS):
    """Launch a fleet, from an image of few packages."""
    facts = read_facts()
    few = tuple(package for package in facts.packages if package.name in PACKAGES)
    aws.fleet.know_image(workshop.IMAGE, replace(facts, packages=few))
    aws.client("ec2").run_instances(
        ImageId=workshop.IMAGE, InstanceType="t3.micro", MinCount=hosts, MaxCount=hosts,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Fleet", "Value": "web"}]}],
    )  # fmt: skip


def remediate(aws):
    """Patch all hosts; on a handful one package cannot be installed."""
    for host in aws.fleet.hosts()[:BREAK]:
        host.breaks_on = frozenset(LEFT)
    workshop.approve_everything(aws)
    web = [{"Key": "tag:Fleet", "Values": ["web"]}]
    workshop.run_patch_baseline(aws, "Install", Targets=web, MaxConcurrency="100%", MaxErrors="100%")


def deploy_without_news(aws):
    """Launch a few in an account where an inventory that did not change moves no scan time."""
    aws.scanner.unchanged_counts = False
    deploy(aws, FEW)


def remediate_none(aws):
    """Patch nothing."""


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """Return a collection of the fleet, of which nothing was asked yet."""
    return collection_in(tmp_path_factory.mktemp("fleet"), deploy, remediate)


def collection_in(folder, deploy, remediate):
    """Return a collection of a fleet, by what happens to it."""
    policy = (ROOT / "verify.toml").read_text(encoding="utf-8")
    assert 'stack = "pww"  ' in policy
    (folder / "policy.toml").write_text(policy.replace('stack = "pww"  ', f"{BY_TAG} #"), encoding="utf-8")
    world = World("fleet", "100 hosts; five keep something fixable.", frozenset(), deploy, remediate)
    return collection_of(folder, world, folder / "policy.toml")


@pytest.fixture(scope="module")
def calls(collection):
    """Return what each step of the collection asked, by step and operation."""
    return calls_of(collection)


def calls_of(collection):
    """Return what each step of a collection asks, by step and operation."""
    made = collection.session.connection.calls
    of_step = {}
    for step in ("account", "rehearsal", "hosts", "baseline", "launch", "window", "patching", "scan", "after",
                 "leftovers"):  # fmt: skip
        before = made.copy()
        collection.value(step)
        of_step[step] = dict(made - before)
    return of_step


def test_what_is_left_costs_calls_for_the_hosts_concerned_alone(collection, calls):
    """Of 100 hosts the five on which something fixable remains are asked about, once each; their baseline once."""
    left = collection.value("leftovers")
    assert len(left.hosts) == BREAK
    assert calls["leftovers"] == {
        "ssm:DescribeInstancePatches": BREAK,
        "ssm:GetPatchBaseline": 1,
        "ssm:ListInventoryEntries": BREAK,
    }
    assert all(story.patches and story.baseline for story in stories(collection.value("patching"), left).values())


def test_patching_is_asked_for_fifty_hosts_a_call(collection, calls):
    """Patch states, nodes and the hosts of a command come fifty at a time, whatever was found on them."""
    assert len(collection.value("patching").states) == HOSTS
    assert calls["patching"] == {
        "ssm:DescribeInstancePatchStates": HOSTS // 50,
        "ssm:ListCommands": PATCHING_DOCUMENTS,
        "ssm:ListAssociations": PATCHING_DOCUMENTS,
        "ssm:ListCommandInvocations": HOSTS // 50,
        "ssm:DescribeInstanceInformation": HOSTS // 50,
    }


def test_findings_cost_pages_and_no_call_each(collection, calls):
    """Findings come a hundred a page of ten hosts; of CIS checks AWS tells host by host alone."""
    rows = collection.value("after").manifest.rows
    assert rows > HOSTS
    assert calls["after"] == {
        "inspector2:ListFindings": HOSTS // 10,
        "inspector2:GetCisScanResultDetails": HOSTS,
        "inspector2:GetConfiguration": 1,
        "inspector2:GetEc2DeepInspectionConfiguration": 1,
    }


def test_a_host_that_was_scanned_before_anybody_asked_costs_a_call(collection, calls):
    """A fleet that was scanned anew costs its coverage, ten hosts a call, and fifty hosts a call of our execution.

    While the window was ensured every host was scanned, before the execution was asked about: when the inventory was
    captured each host is asked once.
    """
    assert {scan.proof for scan in collection.value("scan").hosts} == {"coverage"}
    assert calls["scan"]["ssm:DescribeAssociationExecutionTargets"] == HOSTS // 50
    assert calls["scan"]["ssm:ListInventoryEntries"] == HOSTS
    assert calls["launch"]["inspector2:ListCoverage"] == HOSTS // 10


def test_where_scan_times_do_not_move_each_inventory_is_read(tmp_path):
    """Where no scan time moves, each host costs its inventory's pages, and one for its findings' packages."""
    collection = collection_in(tmp_path, deploy_without_news, remediate_none)
    calls = calls_of(collection)
    assert {scan.proof for scan in collection.value("scan").hosts} == {"inventory"}
    assert calls["scan"]["ssm:ListInventoryEntries"] == FEW
    assert calls["after"]["ssm:ListInventoryEntries"] == FEW


def test_the_hosts_in_scope_are_one_question(calls):
    """A scope by tag is one call, of a thousand instances a page."""
    assert calls["hosts"] == {"ec2:DescribeInstances": 1}
