"""Whole devices of every system: what is found, and what people read of it."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from checks.device.windows import TCPIP
from checks.proxy.windows import OF_USER
from diag.model import Language
from diag.report import Report
from tests.whole.devices import DEVICES, SEEDS
from tests.whole.diagnose import LANGUAGES, crashes, page, redacted, report, taken
from tests.whole.machine import CUT_OFF, WholeHost
from tests.whole.world import World

EXPECTED: dict[str, set[str]] = {
    "windows_home": set(),
    "windows_office": {"os.end_of_life"},
    "windows_cafe": {"wifi.public"},
    "mac": set(),
    "old_mac": {"os.updates_pending"},
    "ancient_mac": {"os.end_of_life"},
    "ubuntu": set(),
    "fedora": {"os.updates_pending"},
}
"""Warnings while everything answers."""
OTHERS: dict[str, tuple[str, ...]] = {
    "windows": ("sudo ", "System Settings", "システム設定", "GNOME", "apt ", "Finder"),
    "macos": ("sudo apt", "sudo dnf", "GNOME", "taskbar", "タスクバー", "Windows Update"),
    "linux": ("System Settings", "システム設定", "taskbar", "タスクバー", "Windows Update"),
}


def line_of(name: str, played: World) -> WholeHost:
    net = {"windows_office": played.office, "old_mac": played.kept_off}.get(name, played.fine)
    return WholeHost(DEVICES[name], net)


def codes(found: Report, severity: str) -> set[str]:
    return {each.code for each in found.causes if each.severity == severity}


def told(found: Report) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.code, tuple(each.subjects), each.severity) for each in found.causes]


@pytest.mark.parametrize("name", DEVICES)
def test_check_up_while_everything_answers(name: str, played: World) -> None:
    snapshot = taken(line_of(name, played), symptom=None)
    found = report(snapshot, "en")
    assert crashes(snapshot) == []
    assert found.verdict.where == "none"
    assert codes(found, "problem") == set()
    assert codes(found, "warning") == EXPECTED[name]


def test_system_that_has_ended_is_said_once_and_leaves_nothing_open(played: World) -> None:
    """Apple's releases are not listed for it any more, and endoflife.date does not answer here."""
    found = report(taken(line_of("ancient_mac", played), symptom=None), "en")
    assert [each.code for each in found.causes if each.code.startswith("os.")] == ["os.end_of_life"]
    results = {each.check: each.status for each in found.results}
    assert (results["os"], results["os.newest"], results["os.support"]) == ("warning", "ok", "ok")


@pytest.mark.parametrize(
    ("given", "first"),
    [("corp.example", ("line.ask_owner", "admin")),
     ("fritz.box", ("line.restart_router", "network_owner"))],
)  # fmt: skip
def test_name_servers_that_are_dead_at_work_and_at_home(
    given: str, first: tuple[str, str], played: World
) -> None:
    """One PC of an organisation's, on its own network by cable, and taken home."""
    office = DEVICES["windows_office"]
    here = {OF_USER: {"ProxyEnable": 0}, TCPIP: {"Domain": "corp.example", "DhcpDomain": given}}
    machine = replace(office, registry={**office.registry, **here})
    found = report(taken(WholeHost(machine, replace(played.fine, resolver_down=True))), "en")
    assert (found.verdict.where, found.causes[0].code) == ("network", "dns.failing")
    assert (found.remedies[0].code, found.remedies[0].who) == first


@pytest.mark.parametrize("name", DEVICES)
def test_login_that_fails_while_everything_answers(name: str, played: World) -> None:
    found = report(taken(line_of(name, played)), "en")
    assert (found.verdict.where, codes(found, "problem")) == ("account", {"account.credentials"})


@pytest.mark.parametrize("name", DEVICES)
def test_line_that_is_cut(name: str) -> None:
    snapshot = taken(WholeHost(DEVICES[name], CUT_OFF))
    found = report(snapshot, "en")
    assert crashes(snapshot) == []
    cause = "proxy.unreachable" if name == "windows_office" else "internet.down"
    assert (found.verdict.where, found.causes[0].code) == ("network", cause)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DEVICES)
def test_no_words_of_another_system(name: str, language: Language, played: World) -> None:
    for host in (line_of(name, played), WholeHost(DEVICES[name], CUT_OFF)):
        text = page(taken(host), language)
        assert [word for word in OTHERS[host.family] if word in text] == []


@pytest.mark.parametrize("name", DEVICES)
def test_what_leaves_says_the_same_and_nothing_private(name: str, played: World) -> None:
    snapshot = taken(line_of(name, played))
    left = redacted(snapshot)
    assert told(left) == told(report(snapshot, "en"))
    written = msgspec.json.encode(left).decode().casefold()
    assert [seed for seed in SEEDS if seed in written] == []
