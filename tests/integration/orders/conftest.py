"""A shop at each provider's program in turn, for the modules that have none of their own."""

import pytest

from services.orders import contract
from tests.integration.orders.sandbox_shop import SandboxShop
from tests.integration.orders.sandboxes import Callbacks, running_sandboxes


@pytest.fixture(scope="module")
def callbacks():
    edge = Callbacks().start()
    yield edge
    edge.stop()


@pytest.fixture(scope="module")
def sandboxes(tmp_path_factory, callbacks):
    with running_sandboxes(tmp_path_factory.mktemp("sandboxes"), callbacks) as urls:
        yield urls


@pytest.fixture(params=contract.PROVIDERS)
def shop(engine, sandboxes, callbacks, request):
    return SandboxShop(engine, sandboxes, callbacks, request.param)
