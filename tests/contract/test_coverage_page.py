"""docs/simulator.md says what the simulated AWS answers, and says the truth."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import Client

from postpatch.simulator import Simulator, worlds
from postpatch.simulator.coverage_page import PAGE, SERVICES, page
from postpatch.simulator.inspector_classic.refused import NOT_SIMULATED
from postpatch.simulator.wire.models import service_model

SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
REFUSED = "does not implement"


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, str]]:
    """Read from the page who answers each operation of each service."""
    sections = re.split(r"^### `([\w-]+)`.*$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    rows = [re.findall(r"^\| `(\w+)` \| (\w+) \|", text, flags=re.MULTILINE) for text in sections[1::2]]
    assert all(len(dict(found)) == len(found) for found in rows), "an operation has two rows"
    return dict(zip(sections[::2], map(dict, rows), strict=True))


def test_the_page_is_up_to_date():
    """The page in the repository is what its generator writes."""
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m postpatch.simulator.coverage_page"


def test_every_operation_has_a_row(told):
    """No operation of the three services is left out, and none is made up."""
    assert {service: set(rows) for service, rows in told.items()} == {
        service: set(service_model(service).operation_names) for service in SERVICES
    }


@pytest.mark.external
@pytest.mark.parametrize("service", SERVICES)
def test_whoever_answers_is_the_one_that_the_page_names(service, told):
    """Each operation is asked, with an empty request: what is not implemented is what the page says is not."""
    simulator = Simulator(worlds()["workshop"], datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
    client, model = Client(simulator.wsgi), service_model(service)
    refused = set()
    for name in model.operation_names:
        http: dict[str, Any] = model.operation_model(name).http
        answer = client.open(
            re.sub(r"{\w+}", "x", http["requestUri"]),
            method=http["method"],
            data={"Action": name, "Version": model.api_version} if model.protocol == "query" else "{}",
            headers={"Authorization": SCOPE.format(service)}
            | ({"X-Amz-Target": f"{model.metadata['targetPrefix']}.{name}"} if model.protocol == "json" else {}),
        )
        if answer.status_code == 501 and REFUSED in answer.get_data(as_text=True):
            refused.add(name)
    nobodys = {name for name, who in told[service].items() if who == "nobody"}
    # What Classic refuses itself looks at the request first; its own tests give it a good one.
    assert refused <= nobodys
    assert nobodys - refused <= (set(NOT_SIMULATED) if service == "inspector" else set())
