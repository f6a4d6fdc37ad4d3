"""Amazon Linux 1 as recorded data: its findings and the rows of its patches are judged like those of any other."""

from dataclasses import replace

import pytest

from postpatch.model import InstalledPackage, InstancePatch, ManagedHost, Package
from postpatch.verdict.causes.kinds import Kind
from tests.verdict.cause_cases import A_WEEK, HOST, INSTALLED, LONG_BEFORE, PWW, SCANNED
from tests.verdict.test_causes import cause

# Named as in the AWS CLI reference, ssm describe-instance-information (examples).
AMI = ManagedHost(HOST, "Online", "Amazon Linux AMI 2018.03")
# Rows of the Systems Manager user guide, "Get patch compliance details for an instance".
BIND_LIBS = InstancePatch(
    HOST, "bind-libs.x86_64", "bind-libs.x86_64:32:9.8.2-0.68.rc1.60.amzn1", "installed", severity="Important"
)
DHCLIENT = InstancePatch(HOST, "dhclient.x86_64", "dhclient.x86_64:12:4.1.1-53.P1.28.amzn1", "installed")
# https://alas.aws.amazon.com/ALAS-2021-1478.html and ALAS-2023-1682.html
OLD, NEW = "0:1.8.23-9.56.amzn1", "0:1.8.23-10.57.amzn1"
SUDO = Package("sudo", "1.8.23", 0, "9.56.amzn1", "X86_64", "OS", fixed_in=NEW)
# https://alas.aws.amazon.com/ALAS-2022-1571.html and ALAS-2022-1581.html
KERNEL = Package("kernel", "4.14.268", 0, "139.500.amzn1", "X86_64", "OS", fixed_in="0:4.14.275-142.503.amzn1")
ONE_MISSING, TWO_LISTED = replace(SCANNED, missing=1), replace(INSTALLED, installed=2)
BASELINE = replace(PWW, system="AMAZON_LINUX", rules=(A_WEEK,))


def _row(state, version, name="sudo"):
    return InstancePatch(HOST, f"{name}.x86_64", f"{name}.x86_64:{version}", state)


@pytest.mark.parametrize(
    ("package", "patches", "changes", "kind"),
    [
        pytest.param(SUDO, [_row("missing", NEW)], {"states": (ONE_MISSING,)}, Kind.MISSING, id="missing"),
        pytest.param(SUDO, [_row("failed", NEW)], {}, Kind.INSTALL_FAILED, id="failed"),
        pytest.param(SUDO, [_row("installedpendingreboot", NEW)], {}, Kind.PENDING_REBOOT, id="pending-reboot"),
        pytest.param(
            KERNEL, [_row("installed", "0:4.14.275-142.503.amzn1", "kernel")], {}, Kind.PENDING_REBOOT, id="old-kernel"
        ),
        pytest.param(
            SUDO, [_row("installed", OLD)], {"baseline": replace(BASELINE, rejected=("sudo-1.8.23-9.56.amzn1*",))},
            Kind.REJECTED, id="rejected",
        ),
        pytest.param(SUDO, [_row("installed", OLD)], {}, Kind.NOT_APPROVED, id="not-approved"),
        pytest.param(
            SUDO, [BIND_LIBS, DHCLIENT],
            {"states": (TWO_LISTED,), "inventory": [InstalledPackage("sudo", OLD, "x86_64", LONG_BEFORE)]},
            Kind.OTHER_REPOSITORY, id="another-repository",
        ),
        pytest.param(SUDO, [BIND_LIBS, DHCLIENT], {}, Kind.PATCHABLE, id="without-a-row"),
        pytest.param(SUDO, [_row("installed", NEW)], {}, Kind.PATCHABLE, id="listed-as-fixed"),
    ],
)  # fmt: skip
def test_each_cause_is_found_in_its_rows(package, patches, changes, kind):
    """Rows are named `name.arch`, and versions are compared as rpm does: 10.57 is newer than 9.56."""
    told = {"managed": (AMI,), "baseline": BASELINE, "patches": patches} | changes
    assert cause((package,), **told)[0] is kind
