"""Commands to copy: what a shell makes of them is exactly what was meant, and links go to the right console."""

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.report import console
from postpatch.report.aws_cli import aws, run_patch_baseline

WORST = "$(reboot) `id` 'x' \"y\" ; rm -rf / & | > < * ? ~ ! # \\ %"


@given(st.text(min_size=1))
def test_a_value_stays_one_word(text: str) -> None:
    """Whatever a name holds, a shell reads it as one word; what cannot be shown as it is makes no command."""
    line = aws("us-east-1", "ssm", "describe", name=text)
    assert not line or shlex.split(line) == ["aws", "ssm", "describe", "--region", "us-east-1", "--name", text]


def test_objects_are_json_and_flags_have_both_forms() -> None:
    """Objects and lists of them become JSON, texts words of their own, and None is left out."""
    line = aws("eu-west-1", "ssm", "x", one={"Key": [WORST]}, two=["a", "b c"], on=True, off=False, none=None)
    words = shlex.split(line)
    assert json.loads(words[words.index("--one") + 1]) == {"Key": [WORST]}
    assert words[words.index("--two") + 1 :] == ["a", "b c", "--on", "--no-off"]


@pytest.mark.parametrize("text", ["a\nb", "a\u202eb", "a\x1b[31m", "::error::x"])
def test_what_cannot_be_shown_is_no_command(text: str) -> None:
    """A line feed, an invisible character or a runner's command is never in what is to be copied."""
    assert aws("us-east-1", "ssm", "x", name=text) in ("", f"aws ssm x --region us-east-1 --name {text}")
    assert "\n" not in aws("us-east-1", "ssm", "x", name=text)
    assert "\u202e" not in aws("us-east-1", "ssm", "x", name=text)


@pytest.mark.parametrize(
    "text", ["file:///etc/passwd", "fileb://x", "FILE://x", "https://evil.example", "--endpoint-url=x"]
)
def test_what_the_cli_would_read_otherwise_is_no_command(text: str) -> None:
    """Whoever copies a command sends no file of theirs, and sets no option that nobody showed them."""
    assert aws("us-east-1", "ssm", "x", name=text) == ""
    assert aws("us-east-1", "ssm", "x", ids=["i-1", text]) == ""
    assert text in aws("us-east-1", "ssm", "x", name=f"a {text}")


def test_fifty_hosts_a_command() -> None:
    """Run Command takes fifty ids; of a large fleet the first two hundred are named."""
    hosts = [f"i-{number:017x}" for number in range(320)]
    commands = run_patch_baseline("us-east-1", hosts)
    assert len(commands) == 4
    assert [host for command in commands for host in shlex.split(command) if host.startswith("i-")] == hosts[:200]


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("us-east-1", "https://us-east-1.console.aws.amazon.com"),
        ("eu-central-2", "https://eu-central-2.console.aws.amazon.com"),
        ("cn-north-1", "https://cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com"),
        ("us-iso-east-1", ""),
        ("eusc-de-east-1", ""),
        ("evil.example/us-east-1", ""),
        ("", ""),
    ],
)
def test_the_console_of_each_partition(region: str, address: str) -> None:
    """A link goes to the partition of the region; of one that is not known there is none."""
    assert console.console(region) == address
    assert console.instance(region, "i-1").startswith(address) if address else not console.instance(region, "i-1")


@pytest.mark.parametrize(
    ("vulnerability", "address"),
    [
        ("CVE-2024-0001", "https://nvd.nist.gov/vuln/detail/CVE-2024-0001"),
        ("KB5044281", "https://support.microsoft.com/help/5044281"),
        ("ALAS2-2025-2868", "https://alas.aws.amazon.com/AL2/ALAS-2025-2868.html"),
        ("RHSA-2024:1234", "https://access.redhat.com/errata/RHSA-2024:1234"),
        ("5.1.20", ""),
        ("CVE-2024-0001 javascript:x", ""),
    ],
)
def test_the_page_about_a_vulnerability(vulnerability: str, address: str) -> None:
    """A CVE, an update and a vendor's advisory have a page; other ids, and ids with anything beside, have none."""
    assert console.advisory(vulnerability) == address
