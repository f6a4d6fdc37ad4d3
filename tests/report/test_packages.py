"""What is open, by package: the groups, what removes each, and what is not shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from postpatch.model import Finding, FindingType, Package
from postpatch.report.html import render_sections
from postpatch.report.view.packages import Group, open_findings
from postpatch.verdict.run import Run
from tests.report.runs import HOSTS, with_delta

Make = Callable[..., Finding]


def groups(run: Run) -> dict[str, Group]:
    """Return the groups of a run by title."""
    found = open_findings(run)
    assert found
    return {group.title: group for group in found.groups}


def test_packages_that_are_built_together_are_one_group(passing: Run, make_delta: Any, make_finding: Make) -> None:
    """A group counts findings and hosts, and its command names every host, with AWS's own ids."""
    findings = [make_finding(f"CVE-2024-{number}", host) for number in range(3) for host in HOSTS]
    found = groups(with_delta(passing, make_delta(findings, findings)))
    assert [*found] == ["Upgrade openssl"]
    group = found["Upgrade openssl"]
    assert (group.findings, [*group.hosts]) == (9, [*HOSTS])
    assert all(host in group.commands[0] for host in HOSTS)
    assert [address for _, address in group.links] == [
        f"https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1#InstanceDetails:instanceId={host}"
        for host in HOSTS
    ]
    assert "Upgrade openssl</strong>: 9 findings on 3 hosts" in render_sections(
        with_delta(passing, make_delta(findings, findings))
    )


def test_each_kind_of_finding_says_what_removes_it(passing: Run) -> None:
    """A package without a fix, one of an application and a port are groups of their own; settings are not here."""
    assert {title.partition(":")[0] for title in groups(passing)} == {
        "kernel", "Upgrade express in its application", "Restrict TCP 22", "a package",
    }  # fmt: skip


def test_what_patching_cannot_remove_has_no_command(passing: Run) -> None:
    """An Install is offered only for what it could remove."""
    assert [title for title, group in groups(passing).items() if group.commands] == []


def test_an_update_is_installed_by_its_name(passing: Run, make_delta: Any, make_finding: Make) -> None:
    """A finding of a Windows update is its own group, with Microsoft's page about it."""
    update = make_finding("KB5044281", packages=(Package("KB5044281", manager="OS"),))
    group = groups(with_delta(passing, make_delta([update], [update])))["Install KB5044281"]
    assert group.rows[0].advisory == "https://support.microsoft.com/help/5044281"


def test_updates_that_one_command_installs_are_one_group(passing: Run, make_delta: Any, make_finding: Make) -> None:
    """However many updates a Windows host lacks, they are installed together; the group names the first of them."""
    names = [f"KB50442{number}" for number in range(10, 28)]
    updates = [make_finding(name, packages=(Package(name, manager="OS"),)) for name in names]
    ((title, group),) = groups(with_delta(passing, make_delta(updates, updates))).items()
    assert title == f"Install {', '.join(names[:5])} and 13 more"
    assert (group.findings, len(group.commands), len(group.rows)) == (18, 1, 18)


def test_the_worst_come_first_and_orders_are_permutations(passing: Run, make_delta: Any, make_finding: Make) -> None:
    """Groups stand worst first; the places in each other order are those of a permutation."""
    package = Package("curl", "1", manager="OS", fixed_in="2")
    findings = [
        *(make_finding(f"CVE-2024-{number}", severity="LOW") for number in range(3)),
        make_finding("CVE-2024-9", severity="CRITICAL", packages=(package,)),
    ]
    found = open_findings(with_delta(passing, make_delta(findings, findings)))
    assert found
    assert [group.title for group in found.groups] == ["Upgrade curl", "Upgrade openssl"]
    assert sorted(group.by_findings for group in found.groups) == [0, 1]
    assert [group.by_findings for group in found.groups] == [1, 0]


def test_rows_are_bounded_and_what_is_left_out_is_counted(passing: Run, make_delta: Any, make_finding: Make) -> None:
    """Of a large group the worst rows are shown, and every finding is counted."""
    findings = [
        make_finding(f"CVE-2024-{number:04}", severity="CRITICAL" if number == 250 else "LOW") for number in range(300)
    ]
    run = with_delta(passing, make_delta(findings, findings))
    found = open_findings(run)
    assert found
    assert (found.findings, found.left_out, len(found.groups[0].rows)) == (300, 200, 100)
    assert found.groups[0].rows[0].severity == "CRITICAL"
    assert "200 of 300 are not listed here" in render_sections(run)


def test_a_title_from_elsewhere_stays_text(passing: Run, make_delta: Any, make_finding: Make) -> None:
    """A package's name is no markup, and no part of a command."""
    evil = Package('<img src=x onerror="1">', "1", manager="OS", fixed_in="2")
    one = replace(make_finding("CVE-2024-1"), type=FindingType.PACKAGE, packages=(evil,))
    html = render_sections(with_delta(passing, make_delta([one], [one])))
    assert "<img" not in html
    assert "Upgrade &lt;img src=x" in html
