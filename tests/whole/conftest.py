"""The internet of these tests, and how a whole device is diagnosed in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.whole.world import World, world


@pytest.fixture(scope="package")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as made:
        yield made
