"""The registry of Windows: through `winreg` there, on paper everywhere, elsewhere not at all."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import pytest

from diag.host import Recording, RecordingHost, RegistryKey, ReplayHost, real_host
from diag.host.real import RealHost
from diag.host.windows import WindowsSystem
from diag.model import Failed
from tests.support import replay

SETTINGS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
HELD = RegistryKey(
    values={
        "ProxyEnable": 1,
        "ProxyServer": " proxy.test:8080 ",
        "Names": (".", "日本.test"),
        "Blob": b"\xff\x00",
    },
    subkeys=("Connections", "ZoneMap"),
)


def test_recorded_key_replays_the_same(tmp_path: Path) -> None:
    gone = r"HKLM\SOFTWARE\None"
    recorder = RecordingHost(replay(os="windows", registry={SETTINGS: HELD, gone: None}))
    recorder.registry(SETTINGS)
    with pytest.raises(Failed):
        recorder.registry(gone)
    recorder.recording("a test").save(tmp_path / "device.json")
    host = ReplayHost(Recording.load(tmp_path / "device.json"))
    assert host.registry(SETTINGS) == HELD
    with pytest.raises(Failed, match="tool_missing"):
        host.registry(gone)


def test_values_by_kind() -> None:
    assert HELD.text("ProxyServer") == "proxy.test:8080"
    assert HELD.number("ProxyEnable") == 1
    assert HELD.text("ProxyEnable") == HELD.text("None") == ""
    assert HELD.number("ProxyServer") is HELD.number("None") is None


@pytest.mark.skipif(sys.platform == "win32", reason="there it is supported")
def test_elsewhere_there_is_none() -> None:
    with pytest.raises(Failed, match="unsupported"):
        real_host().registry(SETTINGS)


class Opened:
    """What `winreg.OpenKey` gives, closed by leaving it."""

    def __init__(self, values: list[tuple[str, object, int]], keys: list[str]) -> None:
        self.values = values
        self.keys = keys
        self.closed = False

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed = True


@pytest.fixture
def winreg(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The part of Python's module that is used, as its documentation describes it."""
    module: Any = ModuleType("winreg")
    module.KEY_READ, module.KEY_WOW64_64KEY = 0x20019, 0x0100
    module.HKEY_CURRENT_USER, module.HKEY_LOCAL_MACHINE = "user", "machine"
    module.keys = {}
    module.opened = []

    def open_key(hive: str, path: str, reserved: int, access: int) -> Opened:
        assert (reserved, access) == (0, 0x20119)
        held = module.keys[(hive, path)]
        if isinstance(held, OSError):
            raise held
        module.opened.append(held)
        return held  # type: ignore[no-any-return]

    module.OpenKey = open_key
    module.QueryInfoKey = lambda key: (len(key.keys), len(key.values), 0)
    module.EnumValue = lambda key, index: key.values[index]
    module.EnumKey = lambda key, index: key.keys[index]
    monkeypatch.setitem(sys.modules, "winreg", module)
    return module


def test_key_is_read_and_closed(winreg: Any) -> None:
    values: list[tuple[str, object, int]] = [
        ("ProxyEnable", 1, 4),
        ("ProxyServer", "proxy.test:8080", 1),
        ("Names", [".", "a"], 7),
        ("Blob", b"\xff", 3),
        ("Empty", None, 0),
        ("Huge", b"x" * 100_000, 3),
    ]
    winreg.keys[("user", r"Software\Key")] = Opened(values, ["Below"])
    host = RealHost(WindowsSystem("C:\\Windows"))
    assert host.registry(r"HKCU\Software\Key") == RegistryKey(
        values={
            "ProxyEnable": 1,
            "ProxyServer": "proxy.test:8080",
            "Names": (".", "a"),
            "Blob": b"\xff",
        },
        subkeys=("Below",),
    )
    assert winreg.opened[0].closed


@pytest.mark.parametrize(
    ("error", "code"),
    [(FileNotFoundError(2, "no such key"), "tool_missing"), (PermissionError(13, "no"), "denied")],
)
def test_what_keeps_a_key_from_being_read(winreg: Any, error: OSError, code: str) -> None:
    winreg.keys[("machine", "SYSTEM")] = error
    with pytest.raises(Failed) as failed:
        RealHost(WindowsSystem("C:\\Windows")).registry(r"HKLM\SYSTEM")
    assert failed.value.failure.code == code


def test_other_hives_are_not_read(winreg: Any) -> None:  # noqa: ARG001
    with pytest.raises(Failed, match="unsupported"):
        RealHost(WindowsSystem("C:\\Windows")).registry(r"HKCR\.txt")


def test_names_mean_the_same_in_capitals_or_not() -> None:
    """As Windows has it; where both were recorded, the one that was written so."""
    key = RegistryKey(values={"Progid": "ChromeHTML", "ENABLED": 0, "enabled": 1})
    assert key.text("ProgId") == "ChromeHTML"
    assert (key.number("enabled"), key.number("Enabled")) == (1, 0)
    assert (key.text("Other"), key.number("Progid")) == ("", None)
