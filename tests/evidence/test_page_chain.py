"""The pages of an export are of one list, and none of them is missing: before, between or after the others."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.errors import BadEvidence
from postpatch.evidence.findings_json import FindingsJson
from postpatch.translation.request import changing_filters, leaves_out_suppressed, same_request, shows_all_that_is_left

Document = dict[str, Any]


def finding(region: str = "us-east-1", account: str = "123456789012") -> Document:
    """Return as much of a finding as says of which list it is."""
    return {"findingArn": f"arn:aws:inspector2:{region}:{account}:finding/1", "awsAccountId": account}


def page(token: str | None = None, *findings: Document) -> Document:
    """Return one page of a list."""
    return {"findings": list(findings), "nextToken": token}


def recorded(request: Document, response: Document, **beside: Any) -> Document:
    """Return one page with the request that asked for it."""
    return {"request": request, "response": response, **beside}


def read(*documents: object, lines: bool = False) -> FindingsJson:
    """Read the documents as one list, or a line each, to the end."""
    text = "\n".join(map(json.dumps, documents)) if lines else json.dumps(list(documents))
    found = FindingsJson(io.BytesIO(text.encode()))
    list(found)
    return found


HIGH = {"severity": [{"comparison": "EQUALS", "value": "HIGH"}]}


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        pytest.param(
            [page("t", finding()), page(None, finding("eu-west-1"))],
            "is of region eu-west-1 and continues the list of region us-east-1",
            id="another-region",
        ),
        pytest.param(
            [page("t", finding()), page(None, finding(account="210987654321"))],
            "is of account 210987654321 and continues the list of account 123456789012",
            id="another-account",
        ),
        pytest.param(
            [recorded({}, page("t", finding())), recorded({"nextToken": "t"}, page(None, finding("eu-west-1")))],
            "is of region eu-west-1",
            id="another-region-with-the-token",
        ),
        pytest.param(
            [recorded({}, page("t")), recorded({"nextToken": "t", "filterCriteria": HIGH}, page())],
            "continues a list that was asked for differently",
            id="another-filter",
        ),
        pytest.param(
            [recorded({}, page("t"), region="us-east-1"), recorded({"nextToken": "t"}, page(), region="eu-west-1")],
            "continues a list that was asked for differently",
            id="another-recorded-region",
        ),
        pytest.param(
            [recorded({}, page("t")), recorded({"nextToken": "u"}, page())], "no further page follows", id="open"
        ),
        pytest.param([recorded({"nextToken": "t"}, page())], "continues one that is not in the file", id="first-gone"),
        pytest.param(
            [recorded({}, page("t")), recorded({"nextToken": "t"}, page()), recorded({"nextToken": "v"}, page())],
            "continues one that is not in the file",
            id="middle-gone",
        ),
        pytest.param([{"response": page("t")}], "no further page follows", id="token-within-a-response"),
        pytest.param([{"response": {"findings": []}, "nextToken": "t"}], "no further page follows", id="token-beside"),
        pytest.param([page("t"), {"response": page("u")}], "no further page follows", id="last-within-a-response"),
        pytest.param([recorded({}, {"message": "slow down"})], "holds no findings", id="an-error-for-a-response"),
        pytest.param([recorded([], page())], "the request that was recorded here is no object", id="no-request"),
    ],
)
@pytest.mark.parametrize("lines", [False, True], ids=["list", "lines"])
def test_pages_that_are_no_whole_list_are_refused(documents: list[object], words: str, lines: bool) -> None:
    """A page of another list, and a page that is missing anywhere, are refused with the place."""
    with pytest.raises(BadEvidence, match=words) as caught:
        read(*documents, lines=lines)
    assert str(caught.value).startswith("line ")


def test_two_whole_lists_in_one_file_are_both_read() -> None:
    """Lists of two regions, each with all of its pages, are one export, and the file says what both asked for."""
    pages = [
        recorded({"nextToken": after} if after else {}, page(token), region=region)
        for region in ("us-east-1", "eu-west-1")
        for after, token in (("", "t"), ("t", None))
    ]
    found = read(*pages)
    assert (found.end_is_proven, found.is_whole) == (True, True)
    assert json.loads(found.asked) == [{"region": "eu-west-1"}, {"region": "us-east-1"}]


def test_a_page_without_its_request_leaves_what_was_asked_for_unknown() -> None:
    """Where one page does not say what it was asked for, the file does not either."""
    assert read(recorded({}, page()), page()).asked == ""


@given(st.integers(1, 6), st.integers(0, 5), st.booleans())
def test_a_recorded_list_without_one_of_its_pages_is_refused(number: int, missing: int, lines: bool) -> None:
    """Whichever page is dropped, the others say that it is missing; in any order they are whole."""
    pages = [
        recorded({"nextToken": f"t{place}"} if place else {}, page(f"t{place + 1}" if place + 1 < number else None))
        for place in range(number)
    ]
    assert read(*reversed(pages), lines=lines).is_whole
    del pages[missing % number]
    if pages:
        with pytest.raises(BadEvidence):
            read(*pages, lines=lines)


CRITERIA = st.dictionaries(
    st.sampled_from(["severity", "findingStatus", "resourceId"]),
    st.lists(
        st.fixed_dictionaries({"comparison": st.just("EQUALS"), "value": st.sampled_from(["A", "B"])}), max_size=3
    ),
)


def asked(criteria: Document, **request: Any) -> str:
    """Return what a file says that it was asked for."""
    return read(recorded({"filterCriteria": criteria, **request}, page())).asked


@given(CRITERIA, st.randoms(use_true_random=False))
def test_order_repetition_and_sorting_change_no_request(criteria: Document, random: Any) -> None:
    """The same filters in another order, an empty one, sorting and the size of a page ask for the same."""
    jumbled = {name: random.sample(filters * 2, len(filters) * 2) for name, filters in criteria.items()}
    other = asked(jumbled | {"portRange": []}, maxResults=5, sortCriteria={"field": "SEVERITY", "sortOrder": "ASC"})
    assert other == asked(criteria)
    assert same_request(asked(criteria), other)


@given(CRITERIA, CRITERIA)
def test_other_filters_are_another_request(first: Document, second: Document) -> None:
    """Two requests are alike only if each names the same values for the same members."""

    def said(criteria: Document) -> dict[str, set[str]]:
        return {name: {one["value"] for one in filters} for name, filters in criteria.items() if filters}

    assert same_request(asked(first), asked(second)) == (said(first) == said(second))


def statuses(*values: str) -> str:
    """Return what is asked for with a filter of these statuses."""
    return asked({"findingStatus": [{"comparison": "EQUALS", "value": value} for value in values]})


@pytest.mark.parametrize(
    ("before", "later", "same"),
    [
        pytest.param(("ACTIVE",), ("ACTIVE",), True, id="alike"),
        pytest.param(("ACTIVE",), ("ACTIVE", "CLOSED"), True, id="closed-as-well"),
        pytest.param(("ACTIVE", "CLOSED"), ("ACTIVE",), False, id="closed-no-more"),
        pytest.param(("ACTIVE",), ("CLOSED",), False, id="closed-instead"),
        pytest.param(("ACTIVE",), ("ACTIVE", "SUPPRESSED"), False, id="suppressed-as-well"),
        pytest.param((), ("ACTIVE",), False, id="of-all-only-active"),
        pytest.param(("ACTIVE",), (), False, id="all-after-active"),
    ],
)
def test_the_later_file_may_ask_for_closed_findings_as_well(
    before: tuple[str, ...], later: tuple[str, ...], same: bool
) -> None:
    """Closed findings prove more, and take nothing away; any other status changes what is compared."""
    assert same_request(statuses(*before), statuses(*later)) == same


def test_what_such_a_list_may_lack_is_known() -> None:
    """A filter by what changes on a finding, by time, or by other statuses than SUPPRESSED, leaves findings out."""
    by_severity, by_time = asked(HIGH), asked({"updatedAt": [{"startInclusive": 1}]})
    assert changing_filters(by_severity) == ["severity"]
    assert [changing_filters(one) for one in (by_time, statuses("ACTIVE"), "")] == [[], [], []]
    assert [shows_all_that_is_left(one) for one in (by_severity, by_time, "")] == [True, False, False]
    assert [leaves_out_suppressed(one) for one in (statuses("ACTIVE"), statuses("SUPPRESSED"), by_time, "")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_a_region_counts_where_both_record_it() -> None:
    """A region that only one side recorded is no difference; two different ones are."""
    here, there = ({"region": name} for name in ("us-east-1", "eu-west-1"))
    assert same_request(asked({}), asked({}, **here))
    assert not same_request(asked({}, **here), asked({}, **there))
    assert not same_request("", asked({}))
