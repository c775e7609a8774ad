"""`diag networks` as a user calls it: the real process, NetworkManager on a bus of its own."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checks.wifi import bus as buses
from tests.checks.wifi import network_manager as nm
from tests.checks.wifi.network_manager import NetworkManager
from tests.cli.diag_process import diag

STORE = Path(".local/state/diag/networks.json")


@pytest.fixture
def bus() -> Iterator[str]:
    with buses.system_bus() as address:
        yield address


@pytest.fixture
def manager(bus: str) -> Iterator[NetworkManager]:
    with nm.network_manager(bus) as found:
        yield found


def run(home: Path, bus: str, *arguments: str, lang: str = "C.UTF-8") -> tuple[int, str, str]:
    env = {"DBUS_SYSTEM_BUS_ADDRESS": bus, "LANG": lang}
    done = diag(home, *arguments, env=env)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def causes(home: Path, bus: str) -> set[str]:
    code, out, _ = run(home, bus, "run", "--only", "wifi", "--format", "json", "--no-save")
    assert code in (0, 3)
    return {each["code"] for each in json.loads(out)["causes"]}


@buses.needs_dbusmock()
def test_from_trusting_a_network_to_forgetting_it(
    tmp_path: Path, bus: str, manager: NetworkManager
) -> None:
    manager.join("わが家".encode(), nm.WPA2, strength=70)
    manager.connectivity(2)
    assert causes(tmp_path, bus) == {"wifi.public"}

    code, out, _ = run(tmp_path, bus, "networks", "trust")
    assert code == 0
    assert "わが家 is kept as your home network" in out
    store = tmp_path / STORE
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert causes(tmp_path, bus) == set()

    assert "1  ssid-1" in run(tmp_path, bus, "networks", "list")[1]
    assert "1  わが家" in run(tmp_path, bus, "networks", "list", "--private")[1]
    (row,) = json.loads(run(tmp_path, bus, "networks", "list", "--format", "json")[1])
    assert (row["ssid"], row["place"], row["security"]) == ("ssid-1", "home", "wpa2")

    code, out, _ = run(tmp_path, bus, "networks", "forget", lang="ja_JP.UTF-8")
    assert code == 0
    assert "「わが家」の登録を消しました" in out
    assert causes(tmp_path, bus) == {"wifi.public"}
    assert "nothing is changed" in run(tmp_path, bus, "networks", "forget")[1]


@buses.needs_dbusmock()
@pytest.mark.parametrize(
    ("ssid", "portal", "lang", "said"),
    [
        (b"DOUTOR_FREE_Wi-Fi", True, "ja_JP.UTF-8", "公衆 Wi-Fi（確実）"),
        (b"DOUTOR_FREE_Wi-Fi", True, "C.UTF-8", "shows a sign-in page, known public network"),
        (b"Tanaka", False, "C.UTF-8", "cannot be told"),
    ],
)
def test_what_a_network_is_taken_for_and_why(
    tmp_path: Path,
    bus: str,
    manager: NetworkManager,
    ssid: bytes,
    portal: bool,
    lang: str,
    said: str,
) -> None:
    manager.join(ssid, nm.OPEN if portal else nm.WPA2)
    manager.connectivity(2 if portal else 4)
    code, out, _ = run(tmp_path, bus, "networks", "show", lang=lang)
    assert code == 0
    assert said in out
    assert "ssid-1" in out
    assert ssid.decode() in run(tmp_path, bus, "networks", "show", "--private")[1]


@buses.needs_dbusmock()
def test_trusting_again_changes_what_it_is(
    tmp_path: Path, bus: str, manager: NetworkManager
) -> None:
    manager.join(b"Tanaka", nm.WPA2)
    assert run(tmp_path, bus, "networks", "trust")[0] == 0
    assert run(tmp_path, bus, "networks", "trust", "--as", "work")[0] == 0
    (row,) = json.loads(run(tmp_path, bus, "networks", "list", "--format", "json")[1])
    assert row["place"] == "work"


@buses.needs_dbusmock()
def test_an_open_network_whose_router_is_not_seen_is_anybodys(
    tmp_path: Path, bus: str, manager: NetworkManager
) -> None:
    manager.join(b"Tanaka", nm.OPEN)
    code, out, complaint = run(tmp_path, bus, "networks", "trust")
    assert (code, out) == (3, "")
    assert "Nothing is kept" in complaint
    assert not (tmp_path / STORE).exists()


@buses.needs_dbusmock()
def test_a_hostile_name_does_no_harm(tmp_path: Path, bus: str, manager: NetworkManager) -> None:
    manager.join(b"\x1b[2J[/red]<b>", nm.WPA2)
    out = run(tmp_path, bus, "networks", "trust")[1]
    out += run(tmp_path, bus, "networks", "list", "--private")[1]
    assert "\x1b" not in out
    assert "[/red]<b>" in out


def test_on_no_network_nothing_is_kept(tmp_path: Path) -> None:
    nowhere = "unix:path=/nonexistent/socket"
    for command in ("show", "trust", "forget"):
        code, _, complaint = run(tmp_path, nowhere, "networks", command)
        assert code == 3
        assert "on no Wi-Fi" in complaint
    assert not (tmp_path / STORE).exists()
    assert "no network yet" in run(tmp_path, nowhere, "networks", "list")[1]


@pytest.mark.parametrize("arguments", [("forget", "7"), ("forget", "x"), ("forget", "x", "--all")])
def test_what_there_is_not_cannot_be_forgotten(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, _, complaint = run(tmp_path, "", "networks", *arguments)
    assert code == 2
    assert complaint


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff"])
def test_a_damaged_file_is_named_and_harms_no_run(tmp_path: Path, content: bytes) -> None:
    store = tmp_path / STORE
    store.parent.mkdir(parents=True)
    store.write_bytes(content)
    code, _, complaint = run(tmp_path, "", "networks", "list")
    assert code == 2
    assert "networks.json" in complaint
    assert run(tmp_path, "", "run", "--only", "wifi", "--no-save")[0] in (0, 3)
