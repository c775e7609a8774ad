"""The shop of the stores' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from tests.checks.app.stores.shop import Shop


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with HTTPServer(threaded=True) as server:
        yield Shop(server, monkeypatch)
