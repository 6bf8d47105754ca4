"""The provider and the desk of `credentials_desk`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from credentials_desk import Desk
from provider import Provider, running_provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def desk(provider: Provider, request: pytest.FixtureRequest) -> Desk:
    return Desk(provider, asynchronous=request.param == "async")


@pytest.fixture
def one_desk(provider: Provider) -> Desk:
    """For what does not depend on the driver."""
    return Desk(provider, asynchronous=False)
