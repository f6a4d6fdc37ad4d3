"""DescribeAvailablePatches: what a baseline could approve for Amazon Linux 2."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from postpatch.simulator import Simulator, worlds


@pytest.fixture(scope="module")
def ssm():
    """Return a client of Systems Manager."""
    return Simulator(worlds()["workshop"], datetime(2026, 11, 20, 21, tzinfo=UTC)).client("ssm")


def _ask(ssm, **filters):
    wanted = [{"Key": key, "Values": values} for key, values in filters.items()]
    pages = ssm.get_paginator("describe_available_patches").paginate(Filters=wanted)
    return [patch for page in pages for patch in page["Patches"]]


def test_a_patch_names_the_vulnerabilities_it_mends(ssm):
    """Asked for a CVE, the answer holds only patches that fix it."""
    every = _ask(ssm, PRODUCT=["AmazonLinux2.0"])
    cve = every[0]["CVEIds"][0]
    found = _ask(ssm, PRODUCT=["AmazonLinux2.0"], CVE_ID=[cve])
    assert 0 < len(found) < len(every)
    assert all(cve in patch["CVEIds"] for patch in found)


def test_a_vulnerability_without_a_patch_has_no_row(ssm):
    """A CVE that no advisory fixes gives an empty answer, not an error."""
    assert _ask(ssm, PRODUCT=["AmazonLinux2.0"], CVE_ID=["CVE-1999-0001"]) == []


def test_systems_that_it_does_not_know_have_no_patches(ssm):
    """Of the Linux systems the operation knows Amazon Linux 1 and 2 alone."""
    assert _ask(ssm, PRODUCT=["AmazonLinux2023"]) == []


@pytest.mark.parametrize(
    "filters", [{"CVE_ID": ["CVE-2018-14647"]}, {"PRODUCT": ["AmazonLinux2.0"], "COLOUR": ["red"]}]
)
def test_wrong_filters_are_refused(ssm, filters):
    """Without a product, or with a key that does not exist, AWS refuses."""
    with pytest.raises(ClientError, match="ValidationException"):
        _ask(ssm, **filters)
