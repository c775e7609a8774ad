"""What a run spares where power or data cost, and how it says so."""

from __future__ import annotations

from typing import Any, NamedTuple

import psutil
import pytest

from diag import registry
from diag.background import reason_to_spare
from diag.catalog import Catalog
from diag.cli import unattended
from diag.cli.running import Prepared, RunRequest
from diag.config import Config
from diag.model import Failed
from diag.profile_file import find_profile
from diag.selection import select
from tests.support import replay

MANAGER = "org.freedesktop.NetworkManager"
ASKED = (
    "system",
    MANAGER,
    "/org/freedesktop/NetworkManager",
    "org.freedesktop.DBus.Properties",
    "Get",
    "ss",
    (MANAGER, "Metered"),
)


class Battery(NamedTuple):
    """As psutil tells it; there is none on machines that run tests."""

    percent: float
    secsleft: int
    power_plugged: bool | None


def reason(metered: Any, battery: Battery | None, monkeypatch: pytest.MonkeyPatch) -> str | None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery)
    return reason_to_spare(replay(dbus={ASKED: metered}))


def test_metered_as_network_manager_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, expected in ((0, None), (1, "metered"), (2, None), (3, "metered"), (4, None)):
        assert reason((value,), None, monkeypatch) == expected
    missing = Failed("tool_missing", "dbus")
    assert reason(missing, None, monkeypatch) is None
    assert reason(("odd",), None, monkeypatch) is None


def test_on_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    for plugged, expected in ((True, None), (False, "battery"), (None, None)):
        assert reason((2,), Battery(50, 3600, plugged), monkeypatch) == expected


def test_heavy_checks_are_left_out_and_the_report_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed = registry.load()
    prepared = Prepared(
        request=RunRequest(quiet=True),
        config=Config(),
        language="en",
        loaded=find_profile("generic", None),
        installed=installed,
        selection=select(installed.checks),
    )
    monkeypatch.setattr(unattended, "reason_to_spare", lambda _: "battery")
    spared = unattended._spared(prepared).selection
    assert {name: why for name, why in spared.left_out.items() if why == "battery"}.keys() >= {
        "app",
        "os",
    }
    assert not {"app", "os"} & set(spared.chosen)
    assert {"link", "endpoint"} <= set(spared.chosen)
    for why in ("battery", "metered"):
        assert Catalog.load("en").word("reason", why) != why
    monkeypatch.setattr(unattended, "reason_to_spare", lambda _: None)
    assert unattended._spared(prepared) == prepared
