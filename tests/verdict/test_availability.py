"""When a fix became available, and to whom: newer than the patch run, or for subscribers only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from postpatch.model import InstancePatch, ManagedHost, Package
from postpatch.verdict.causes.kinds import Kind
from tests.verdict.cause_cases import (
    A_WEEK,
    BASH,
    CURL,
    FIX,
    HOST,
    INSTALL,
    INSTALLED,
    NIGHT,
    PWW,
    SCAN,
    SCANNED,
    UBUNTU,
    UNCOUNTED,
    patch,
)
from tests.verdict.test_causes import cause

AFTER = replace(FIX, released_at=NIGHT + timedelta(hours=2))
OLD = patch("curl", "installed")
LIBCURL = replace(CURL, name="libcurl")
LIBCURL_OLD = patch("libcurl", "installed")
ESM = Package("libtiff5", "4.0.9", 0, "5ubuntu0.10", "", "OS", fixed_in="4.0.9-5ubuntu0.10+esm7")
TIFF_OLD = InstancePatch(HOST, "libtiff5", "libtiff5:4.0.9-5ubuntu0.10", "installedother")
TIFF_ESM = InstancePatch(HOST, "libpng16-16", "libpng16-16:1.6.34-1ubuntu0.18.04.2+esm1", "installedother")


class TestFixNewer:
    """The fix was released after the run began."""

    def test_a_later_release_date_proves_it(self):
        """The proof names the date, and when the run began."""
        kind, proof = cause(available=[AFTER], patches=[OLD])
        assert kind is Kind.FIX_NEWER
        assert ("the patch run began", "2026-11-20 22:00 UTC") in proof

    def test_a_scan_that_lists_it_as_missing_changes_nothing(self):
        """The nightly Scan after the release lists the fix as missing: no run has had it."""
        missing = patch("curl", "missing", cves=("CVE-2024-0001",))
        told = cause(available=[AFTER], patches=[missing], states=(SCANNED,), commands=(INSTALL, SCAN))
        assert told[0] is Kind.FIX_NEWER

    @pytest.mark.parametrize(
        ("packages", "available"),
        [
            pytest.param((CURL,), [replace(FIX, released_at=NIGHT)], id="as-the-run-began"),
            pytest.param((CURL,), [replace(FIX, released_at=None)], id="no-date"),
            pytest.param((CURL,), [], id="nothing-published"),
            pytest.param((CURL,), [AFTER, replace(FIX, version="0:8.12.0-1.amzn2023")], id="an-earlier-one-would-do"),
            pytest.param((CURL,), [AFTER, replace(AFTER, released_at=None)], id="one-of-two-without-a-date"),
            pytest.param((CURL, LIBCURL), [AFTER], id="of-one-package-alone"),
        ],
    )
    def test_anything_less_is_unexplained(self, packages, available):
        """Without a later date of every fix of every package nothing proves it."""
        kind, _ = cause(packages, available=available, patches=[OLD, LIBCURL_OLD])
        assert kind is Kind.PATCHABLE

    def test_without_an_installation_it_is_no_cause(self):
        """A host on which nothing was installed is not excused by a fix that came later."""
        assert cause(available=[AFTER], states=(SCANNED,), commands=())[0] is Kind.ONLY_SCANNED


class TestSubscription:
    """The fix is in a repository for subscribers."""

    STATE = replace(INSTALLED, installed=0, installed_other=2)
    LIST = (TIFF_OLD, InstancePatch(HOST, "bash", "bash:5.1-6ubuntu1", "installedother"))

    def told(self, package=ESM, **changes):
        """Return the cause on an Ubuntu host that was patched."""
        return cause((package,), **({"managed": (UBUNTU,), "states": (self.STATE,), "patches": self.LIST} | changes))

    @pytest.mark.parametrize("version", ["4.0.9-5ubuntu0.10+esm7", "4.0.9-5ubuntu0.11~esm1", "1:4.1-1ubuntu1+esm"])
    def test_a_fix_for_subscribers_is_a_cause(self, version):
        """Each way in which Ubuntu writes such versions is known."""
        kind, proof = self.told(replace(ESM, fixed_in=version))
        assert kind is Kind.NEEDS_SUBSCRIPTION
        assert ("fixedInVersion of libtiff5", version) in proof

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"patches": (TIFF_OLD, TIFF_ESM)}, id="the-host-is-subscribed"),
            pytest.param({"patches": (TIFF_OLD,)}, id="the-list-is-cut"),
            pytest.param({"states": (replace(UNCOUNTED, installed=0),)}, id="the-list-is-not-counted"),
            pytest.param({"managed": (replace(UBUNTU, platform="Amazon Linux 2023"),)}, id="another-system"),
            pytest.param({"package": replace(ESM, fixed_in="4.0.9-5ubuntu0.11")}, id="an-ordinary-fix"),
            pytest.param(
                {"package": replace(ESM, name="themesma", fixed_in="1.0+themesma")}, id="a-word-that-holds-it"
            ),
        ],
    )
    def test_anything_less_is_unexplained(self, changes):
        """One package from that repository shows that the host has it; a list that is not whole shows nothing."""
        assert self.told(**changes)[0] is Kind.PATCHABLE

    def test_a_fix_that_is_listed_as_missing_is_not_beyond_reach(self):
        """Patch Manager offers it: the host is subscribed."""
        listed = replace(TIFF_OLD, state="missing")
        assert self.told(patches=(listed, self.LIST[1]))[0] is Kind.MISSING


class TestHeldBack:
    """What the baseline did not approve, where AWS publishes no data about patches."""

    WEEKLY = replace(PWW, system="AMAZON_LINUX_2023", rules=(A_WEEK,))

    def told(self, **changes):
        """Return the cause on a host that a baseline with a delay patched."""
        return cause(**({"baseline": self.WEEKLY, "patches": [OLD]} | changes))

    def test_an_install_that_succeeded_requested_everything(self):
        """What it left, the baseline did not approve."""
        assert self.told()[0] is Kind.NOT_APPROVED

    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            pytest.param({"baseline": PWW}, Kind.PATCHABLE, id="everything-is-approved-at-once"),
            pytest.param(
                {"baseline": replace(WEEKLY, rules=(A_WEEK, replace(A_WEEK, after_days=0)))},
                Kind.PATCHABLE,
                id="one-rule-approves-at-once",
            ),
            pytest.param({"baseline": replace(WEEKLY, approved=("curl*",))}, Kind.PATCHABLE, id="approved-by-name"),
            pytest.param(
                {"baseline": replace(WEEKLY, approved=("CVE-2024-0001",))}, Kind.PATCHABLE, id="approved-by-its-cve"
            ),
            pytest.param({"patches": [BASH]}, Kind.PATCHABLE, id="not-listed"),
            pytest.param(
                {"patches": [patch("curl", "installed", "0:8.11.1-4.amzn2023.0.3")]},
                Kind.PATCHABLE,
                id="listed-as-fixed-and-rolled-back",
            ),
            pytest.param({"states": (replace(INSTALLED, missing=1),)}, Kind.PATCHABLE, id="something-is-missing"),
            pytest.param({"states": (replace(INSTALLED, failed=1),)}, Kind.STOPPED_EARLY, id="something-failed"),
        ],
    )
    def test_anything_less_is_no_proof(self, changes, kind):
        """A rule that approves every security fix, or a list that does not show the old version, proves nothing."""
        assert self.told(**changes)[0] is kind

    @pytest.mark.parametrize(
        ("words", "kind"),
        [
            (("Critical", "Important", "Moderate", "Low"), Kind.PATCHABLE),
            (("Critical", "Important", "Medium", "Low"), Kind.PATCHABLE),
            (("Critical", "Important", "Low"), Kind.NOT_APPROVED),
        ],
    )
    def test_every_severity_is_every_security_fix(self, words, kind):
        """Red Hat and SUSE write Moderate where Amazon writes Medium."""
        rule = replace(A_WEEK, filters=(("CLASSIFICATION", ("Security",)), ("SEVERITY", words)), after_days=0)
        assert self.told(baseline=replace(self.WEEKLY, rules=(rule,)))[0] is kind

    def test_windows_lists_what_is_not_approved(self):
        """Of Windows, Patch Manager names the update itself."""
        row = InstancePatch(HOST, "KB5044281", "", "availablesecurityupdate")
        assert (
            cause((replace(CURL, fixed_in="10.0"),), patches=[row], vulnerability="KB5044281")[0] is Kind.NOT_APPROVED
        )


class TestSuse:
    """SLES: rows of packages, and lists that may name the file of one."""

    SLES = ManagedHost(HOST, "Online", "SLES 15.7")
    PACKAGE = Package("curl", "8.6.0", 0, "150600.4.21.1", "X86_64", "OS", fixed_in="0:8.14.1-150600.4.28.1")
    ROW = patch("curl", "installed", "0:8.6.0-150600.4.21.1")
    BASELINE = replace(PWW, system="SUSE", rules=(A_WEEK,))
    OLD_FILE, FIXED_FILE = "curl-8.6.0-150600.4.21.1.x86_64.rpm", "curl-8.14.1-150600.4.28.1.x86_64.rpm"

    def told(self, **changes):
        """Return the cause on a SLES host that a baseline with a delay patched."""
        return cause(
            (self.PACKAGE,), **({"managed": (self.SLES,), "baseline": self.BASELINE, "patches": [self.ROW]} | changes)
        )

    def test_what_an_install_left_was_not_approved(self):
        """The row of the package shows the old version."""
        assert self.told()[0] is Kind.NOT_APPROVED

    def test_a_list_of_patch_names_proves_nothing(self):
        """Patch Manager lists packages: a name that zypper gives a patch is in no scheme that is known."""
        name = "SUSE-SLE-Module-Basesystem-15-SP7-2025-2307"
        assert self.told(patches=[InstancePatch(HOST, name, name, "installed")])[0] is Kind.PATCHABLE

    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            pytest.param({"rejected": (OLD_FILE,)}, Kind.REJECTED, id="rejected-by-its-file"),
            pytest.param({"approved": (FIXED_FILE,)}, Kind.PATCHABLE, id="approved-by-its-file"),
            pytest.param({"approved": ("SUSE-SLE-*-15-SP7-2025-2307",)}, Kind.PATCHABLE, id="a-patch-is-approved"),
            pytest.param({"rejected": ("SUSE-SLE-*-15-SP7-2025-2307",)}, Kind.NOT_APPROVED, id="a-patch-is-rejected"),
            pytest.param({"rejected": (OLD_FILE,), "system": "CENTOS"}, Kind.NOT_APPROVED, id="another-system"),
        ],
    )
    def test_a_list_may_name_a_file(self, changes, kind):
        """Source: Systems Manager user guide, "Package name formats for approved and rejected patch lists"."""
        assert self.told(baseline=replace(self.BASELINE, **changes))[0] is kind
