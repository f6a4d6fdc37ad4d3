"""ListInventoryEntries: pages, filters, and the form of an entry."""

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import code_of, named

APPLICATION = "AWS:Application"


def test_an_inventory_is_paged(standing: Simulator) -> None:
    """Pages have as many entries as asked for, and together all packages of the host."""
    host = named(standing, "pww-node")[0]
    names: list[str] = []
    token = None
    while token or not names:
        page = {"NextToken": token} if token else {}
        answer = standing.client("ssm").list_inventory_entries(
            InstanceId=host, TypeName=APPLICATION, MaxResults=20, **page
        )
        assert len(answer["Entries"]) <= 20
        names += [entry["Name"] for entry in answer["Entries"]]
        token = answer.get("NextToken")
    found = standing.fleet.host(host)
    assert found is not None
    assert sorted(names) == sorted(package.name for package in found.packages)


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        ("Equal", ["expat", "sudo"], ["expat", "sudo"]),
        ("BeginWith", ["bind-"], ["bind-libs", "bind-license", "bind-utils"]),
    ],
)
def test_entries_are_found_by_name(standing: Simulator, kind: str, values: list[str], names: list[str]) -> None:
    """A filter on the name gives those entries, and NotEqual all others."""
    ssm, host = standing.client("ssm"), named(standing, "pww-node")[0]
    wanted = [{"Key": "AWS:Application.Name", "Values": values, "Type": kind}]
    answer = ssm.list_inventory_entries(InstanceId=host, TypeName=APPLICATION, Filters=wanted)
    assert [entry["Name"] for entry in answer["Entries"]] == names
    others = [{"Key": "AWS:Application.Name", "Values": names, "Type": "NotEqual"}]
    answer = ssm.list_inventory_entries(InstanceId=host, TypeName=APPLICATION, Filters=others)
    assert not {entry["Name"] for entry in answer["Entries"]} & set(names)


def test_what_is_not_there_is_refused(standing: Simulator) -> None:
    """A type that is not simulated, a comparison that is not, and a node that does not exist."""
    listed, host = standing.client("ssm").list_inventory_entries, named(standing, "pww-node")[0]
    older = [{"Key": "AWS:Application.Version", "Values": ["1"], "Type": "LessThan"}]
    assert code_of(listed, InstanceId=host, TypeName=APPLICATION, Filters=older) == "InvalidFilter"
    assert code_of(listed, InstanceId=host, TypeName="AWS:Service") == "InvalidTypeNameException"
    assert code_of(listed, InstanceId="i-00000000000000000", TypeName=APPLICATION) == "InvalidInstanceId"


def test_an_entry_of_rpm_has_its_parts(standing: Simulator) -> None:
    """Version, release and epoch come apart, and each entry has the time of its installation."""
    host = named(standing, "pww-node")[0]
    wanted = [{"Key": "AWS:Application.Name", "Values": ["bind-libs"]}]
    answer = standing.client("ssm").list_inventory_entries(InstanceId=host, TypeName=APPLICATION, Filters=wanted)
    [entry] = answer["Entries"]
    assert (entry["Epoch"], entry["Version"], entry["Release"]) == ("32", "9.16.48", "1.amzn2023.0.1")
    assert (entry["Architecture"], entry["InstalledTime"]) == ("x86_64", "2024-03-19T00:00:00Z")
    assert answer["CaptureTime"] < standing.now().isoformat()
