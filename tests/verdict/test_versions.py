"""Versions are compared as each system's own package manager compares them: real pairs of each system, older first."""

import itertools

import pytest

from postpatch.simulator.facts import folders
from postpatch.simulator.facts.reading import read_facts
from postpatch.verdict.causes.versions import reaches

# rpm: an epoch outweighs all, `~` is older than nothing and `^` newer, and el9 is older than el9_4.1.
# Where no package of the systems has such a version, it is a case of rpm's own test suite (tests/rpmvercmp.at).
RPM = [
    ("1:3.0.8-1.amzn2023.0.11", "1:3.0.8-1.amzn2023.0.12"),
    ("0:8.5.0-1.amzn2023.0.4", "0:8.11.1-4.amzn2023.0.1"),
    ("2:9.0.2153-1.amzn2023", "2:9.1.785-1.amzn2023.0.1"),
    ("0:6.1.79-99.167.amzn2023", "0:6.1.102-108.177.amzn2023"),
    ("1:1.0.2k-16.amzn2.0.2", "1:1.0.2k-16.amzn2.1.1"),
    ("0:8.7p1-38.el9", "0:8.7p1-38.el9_4.1"),
    ("32:9.16.23-18.el9_4.1", "32:9.16.23-18.el9_4.6"),
    ("0:5.14.0-427.13.1.el9_4", "0:5.14.0-427.31.1.el9_4"),
    ("0:5.1.8-9.el9", "1:1.0-1.el9"),
    # A module of RHEL 8: the build of the module follows the platform, and a number after its hash is a later build.
    ("0:2.4.37-64.module+el8.10.0+21332+dfb1b40e", "0:2.4.37-65.module+el8.10.0+22196+d82931da.2"),
    ("0:2.4.37-65.module+el8.10.0+22196+d82931da", "0:2.4.37-65.module+el8.10.0+22196+d82931da.2"),
    ("15:6.2.0-53.module+el8.10.0+22375+ea5e8167", "15:6.2.0-53.module+el8.10.0+22375+ea5e8167.2"),
    # AlmaLinux's own builds.
    ("0:252-32.el9_4", "0:252-32.el9_4.alma.1"),
    ("0:128.2.0-1.el9_4", "0:128.2.0-1.el9_4.alma.1"),
    ("0:2.12.0~rc1-1", "0:2.12.0-1"),
    ("0:1.0~rc1-1", "0:1.0~rc1^git1-1"),
    ("0:1.0-1", "0:1.0^20160101-1"),
    ("0:1.0^20160101-1", "0:1.0.1-1"),
]
# Amazon Linux 1: a build of Amazon's ends the release.
AMZN1 = [
    ("0:1.8.23-9.56.amzn1", "0:1.8.23-10.57.amzn1"),
    ("1:1.0.2k-16.154.amzn1", "1:1.0.2k-16.156.amzn1"),
    ("0:3.4.82-69.112.amzn1", "0:4.4.8-20.46.amzn1"),
    ("0:4.4.8-20.46.amzn1", "0:4.14.104-78.84.amzn1"),
    ("0:4.14.104-78.84.amzn1", "0:4.14.268-139.500.amzn1"),
    ("0:4.14.268-139.500.amzn1", "0:4.14.275-142.503.amzn1"),
    ("0:9.8.2-0.68.rc1.60.amzn1", "32:9.8.2-0.68.rc1.60.amzn1"),
]
# SLES: the code stream of the product opens the release, and the branch of an update follows.
SLES = [
    ("0:8.4p1-150300.3.38.1", "0:9.6p1-150600.6.3.1"),
    ("0:8.4p1-150300.3.42.1", "0:8.4p1-150300.3.49.1"),
    ("0:9.6p1-150600.6.15.2", "0:9.6p1-150600.6.26.1"),
    ("0:2.31-150300.95.1", "0:2.38-150600.14.32.1"),
    ("0:2.38-150600.14.32.1", "0:2.38-150600.14.37.1"),
    ("0:3.8.3-150600.4.6.2", "0:3.8.3-150600.4.9.1"),
    ("0:3.49.1-150000.3.27.1", "0:3.50.2-150000.3.33.1"),
    ("0:9.1.1101-150500.20.21.1", "0:9.1.1406-150500.20.27.1"),
    ("0:1.1.8-24.71.1", "0:1.3.0-150000.6.76.1"),
    ("0:1.3.0-150000.6.76.1", "0:1.3.0-150000.6.83.1"),
    ("0:1.9.4-150500.12.3.3", "0:1.10.3-150600.3.9.1"),
    ("0:8.6.0-150600.4.21.1", "0:8.14.1-150600.4.28.1"),
    ("0:0.9.8-150600.11.3.1", "0:0.9.8-150600.11.6.1"),
    ("0:2.4.4-150600.3.9.1", "0:2.4.4-150600.3.12.1"),
    ("0:6.4.0-150600.23.70.1", "0:6.4.0-150700.51.1"),
    ("0:6.4.0-150700.51.1", "0:6.4.0-150700.53.6.1"),
    ("0:6.4.0-150700.53.6.1", "0:6.4.0-150700.53.6.1.150700.17.6.1"),
]
# dpkg: `~` is older than the end, an update of a stable release adds to the version, `+really` hides an older one, and
# `+b1` is a rebuild of the same source, older than its next update.
DPKG = [
    ("1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u3"),
    ("1:9.2p1-2", "1:9.2p1-2+deb12u5"),
    ("2.4.59-1~deb12u1", "2.4.61-1~deb12u1"),
    ("2.9.14+dfsg-1.3~deb12u1", "2.9.14+dfsg-1.3"),
    ("2.12.7+dfsg+really2.9.14-2.1", "2.12.7+dfsg+really2.9.14-2.1+deb13u1"),
    ("3.10.12-1~22.04.6", "3.10.12-1~22.04.10"),
    ("7:4.4.2-0ubuntu0.22.04.1", "7:4.4.2-0ubuntu0.22.04.1+esm2"),
    ("590-2ubuntu2", "590-2ubuntu2.1"),
    ("1:1.35.0-4+deb12u1", "1:1.35.0-4+deb12u1+b1"),
    ("4.3.1+ds1-8+deb12u1+b1", "4.3.1+ds1-8+deb12u2"),
    ("1.7.15-1ubuntu0.1~esm2", "1.7.15-1ubuntu0.1"),
    ("0.23.0-4ubuntu0.2", "0.23.0-4ubuntu0.2+esm1"),
    ("6.12.41-1", "6.12.48-1"),
    ("5.15.0-1071.77", "5.15.0-1072.78"),
    ("9:1.0-1", "10:0.1-1"),
]
NAMES = {
    "Amazon Linux": RPM,
    "Amazon Linux AMI": AMZN1,
    "Red Hat Enterprise Linux": RPM,
    "SLES": SLES,
    "Debian GNU/Linux": DPKG,
    "Ubuntu": DPKG,
}
PAIRS = [(name, *pair) for name, pairs in NAMES.items() for pair in pairs]


@pytest.mark.parametrize(("platform", "older", "newer"), PAIRS)
def test_the_newer_version_reaches_the_older_one(platform: str, older: str, newer: str) -> None:
    """The newer one is at or above the older one, and not the other way round; each reaches itself."""
    assert reaches(newer, older, platform) is True
    assert reaches(older, newer, platform) is False
    assert reaches(older, older, platform) is True


@pytest.mark.parametrize("folder", [name for name, system in folders().items() if system.packages != "windows"])
def test_the_versions_of_a_systems_own_advisories_are_in_order(folder: str) -> None:
    """Two implementations that know nothing of each other order every pair of versions of a package in the same way."""
    facts = read_facts(folder)
    held = {name: {one.fixes[name] for one in advisories} for name, advisories in facts.advisories_for.items()}
    for package in facts.packages:
        held.setdefault(package.name, set()).add(package.evr)
    pairs = [pair for versions in held.values() for pair in itertools.combinations(sorted(versions), 2)]
    assert pairs
    for older, newer in pairs:
        assert reaches(str(newer), str(older), facts.system.name) is True, (older, newer)
        assert reaches(str(older), str(newer), facts.system.name) is False, (older, newer)
