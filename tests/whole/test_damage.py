"""Damaged answers: whatever a device says, diag ends with a report and never with a crash."""

from __future__ import annotations

import time

import pytest

from tests.whole.damage import DamagedHost
from tests.whole.devices import DEVICES
from tests.whole.diagnose import LANGUAGES, crashes, page, redacted, taken
from tests.whole.machine import CUT_OFF
from tests.whole.world import World

ROUNDS = 12
LATE_S = 1.0


@pytest.mark.parametrize("name", DEVICES)
def test_whatever_a_device_says(name: str, played: World) -> None:
    """Each round damages another third of the answers, every other one on a line that is cut."""
    broken = []
    for number in range(ROUNDS):
        net = CUT_OFF if number % 2 else played.fine
        host = DamagedHost(DEVICES[name], net, f"{name} {number}")
        started = time.monotonic()
        snapshot = taken(host, seconds=5.0)
        assert time.monotonic() - started < 5.0 + LATE_S
        broken += [f"round {number}, {each}" for each in crashes(snapshot)]
        redacted(snapshot)
        assert all(page(snapshot, language) for language in LANGUAGES)
    assert broken == []
