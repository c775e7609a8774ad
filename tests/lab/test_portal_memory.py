"""A sign-in page that diag met counts in the next run, though nobody else remembers it.

NetworkManager is played by python-dbusmock and knows of no portal in either run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from checks.wifi.linux.network_manager import BUS_NAME
from tests.checks.wifi import bus as buses
from tests.checks.wifi import network_manager as nm
from tests.lab import actors
from tests.lab.lab import Lab, Outcome
from tests.lab.web import Page

pytestmark = buses.needs_dbusmock()

NAME = "HOTEL-3F"
WORDS = {"en": "has shown a sign-in page before", "ja": "前に利用登録の画面が出た"}


@pytest.fixture
def bus() -> Iterator[str]:
    """On it, the device's cable is told to be a Wi-Fi."""
    with buses.system_bus() as address, nm.network_manager(address) as manager:
        device = manager.wifi_device("eth0")
        point = manager.access_point(device, NAME.encode(), nm.WPA2)
        manager.set(device, f"{BUS_NAME}.Device.Wireless", ActiveAccessPoint=("o", point))
        manager.activate(device, "802-11-wireless")
        manager.connectivity(0)
        yield address


@contextmanager
def behind(bus: str, page: Page | None = None) -> Iterator[Lab]:
    with Lab(lambda world: actors.portal(world, page)) as lab:
        lab.world.device.environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus
        yield lab


@pytest.fixture
def lab(bus: str) -> Iterator[Lab]:
    with behind(bus) as found:
        yield found


def sign_in(lab: Lab) -> None:
    """The portal lets this device pass from now on."""
    router = lab.world.net.router
    for line in router.run("nft", "list", "tables").splitlines():
        _, family, name = line.split()
        if name.startswith(("fault", "catch")):
            router.run("nft", "delete", "table", family, name)


def network(outcome: Outcome) -> tuple[str, tuple[str, ...]]:
    path: dict[str, Any] = outcome.report["path"]
    return path["network"], tuple(path["network_reasons"])


def title(lab: Lab, language: str) -> str:
    told = lab.run("--only", "wifi", "--lang", language).report
    return next(
        (str(each["title"]) for each in told["causes"] if each["code"] == "wifi.public"), ""
    )


def test_a_page_met_in_the_first_run_counts_in_the_second(lab: Lab) -> None:
    first = lab.run()
    assert "captive_portal.signin" in first.causes()
    assert network(first) == ("public", ("captive", "public_word"))

    sign_in(lab)
    second = lab.run()
    assert "captive_portal.signin" not in second.causes()
    assert network(second) == ("public", ("captive_before", "public_word"))
    for language, words in WORDS.items():
        assert words in title(lab, language)
    shown = lab.diag("networks", "show").stdout
    assert WORDS["en"] in shown

    kept = (lab.world.device.home / ".cache" / "diag" / "memory.json").read_text(encoding="utf-8")
    assert "network." in kept
    assert NAME not in kept

    assert network(lab.run("--no-save")) == ("unknown", ("public_word",))
    said = lab.diag("networks", "forget")
    assert (said.code, said.stdout) == (
        0,
        "Sign-in pages met there in earlier runs are forgotten.\n",
    )
    assert network(lab.run()) == ("unknown", ("public_word",))
    assert "nothing is changed" in lab.diag("networks", "forget").stdout


def test_a_run_that_is_not_saved_keeps_no_page(lab: Lab) -> None:
    assert network(lab.run("--no-save")) == ("public", ("captive", "public_word"))
    sign_in(lab)
    assert network(lab.run()) == ("unknown", ("public_word",))


@pytest.mark.parametrize("by", [(NAME,), ("--all",)])
def test_by_name_and_with_all_others(lab: Lab, by: tuple[str, ...]) -> None:
    lab.run()
    sign_in(lab)
    assert lab.diag("networks", "forget", "HOTEL-4F").code == 2
    assert lab.diag("networks", "forget", *by).code == 0
    assert network(lab.run()) == ("unknown", ("public_word",))


def test_a_providers_notice_is_no_sign_in_page(bus: str) -> None:
    """The line at home, not paid for: a page in place of all others makes no home public."""
    with behind(bus, Page(body=actors.SUSPENDED_PAGE)) as lab:
        first = lab.run()
        assert "internet.access_suspended" in first.causes()
        assert network(first) == ("unknown", ("public_word",))
        sign_in(lab)
        assert network(lab.run()) == ("unknown", ("public_word",))
