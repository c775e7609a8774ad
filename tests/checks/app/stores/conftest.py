"""The shop of the stores' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from tests.checks.app.stores.shop import Shop


@pytest.fixture(scope="session")
def shop_server() -> Iterator[HTTPServer]:
    """Answers several at once. Ending it takes half a second, so there is one for all tests."""
    with HTTPServer(threaded=True) as server:
        yield server


@pytest.fixture
def shop(shop_server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    yield Shop(shop_server, monkeypatch)
    shop_server.clear()
