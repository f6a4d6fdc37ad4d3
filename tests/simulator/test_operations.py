"""What we answer ourselves: each operation exists in botocore's model, and the tests call each of them."""

from pathlib import Path

import pytest
from botocore import xform_name

from postpatch.simulator import Simulator
from postpatch.simulator.wire.models import service_model
from tests.simulator.asking import ours

HERE = Path(__file__).parent


@pytest.mark.parametrize("service", ["inspector2", "ssm", "ssm-quicksetup"])
def test_every_operation_of_ours_is_one_of_awss(standing: Simulator, service: str) -> None:
    """No handler waits under a name that no client can call."""
    assert set(ours(standing).services[service]) <= set(service_model(service).operation_names)


@pytest.mark.parametrize("service", ["inspector2", "ssm", "ssm-quicksetup"])
def test_every_operation_of_ours_is_tested(standing: Simulator, service: str) -> None:
    """Each operation is called somewhere in these tests."""
    written = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.py"))
    untested = [name for name in ours(standing).services[service] if xform_name(name) not in written]
    assert untested == []
