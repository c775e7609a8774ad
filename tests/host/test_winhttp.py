"""Asking WinHTTP about a PAC file: layouts and calls, against a library of the same shape."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from diag.host.real import RealHost
from diag.host.windows import WindowsSystem
from diag.host.winhttp import AutoproxyOptions, ProxyInfo
from diag.model import Failed

SCRIPT, URL = "http://wpad.test/proxy.pac", "https://login.test/"


class Function:
    """A function of a library, which lets its types be declared."""

    restype: Any = None
    argtypes: Any = None

    def __init__(self, does: Any) -> None:
        self._does = does

    def __call__(self, *arguments: Any) -> Any:
        assert len(arguments) == len(self.argtypes)
        return self._does(*arguments)


class Windows:
    """winhttp.dll and kernel32.dll, as their documentation describes what is used of them."""

    def __init__(self, proxy: str | None, error: int = 0, session: int = 7) -> None:
        self.proxy = ctypes.create_unicode_buffer(proxy or "")
        self.named = proxy is not None
        self.error = error
        self.freed: list[int] = []
        self.closed: list[int] = []
        self.WinHttpOpen = Function(lambda *_: session)
        self.WinHttpSetTimeouts = Function(lambda *_: 1)
        self.WinHttpGetProxyForUrl = Function(self.answer)
        self.WinHttpCloseHandle = Function(self.closed.append)
        self.GlobalFree = Function(self.freed.append)

    def answer(self, session: int, url: str, options: Any, info: Any) -> int:
        asked = options._obj
        assert (session, url) == (7, URL)
        assert (asked.dwFlags, asked.lpszAutoConfigUrl) == (2, SCRIPT)
        assert not asked.fAutoLogonIfChallenged
        if self.error:
            return 0
        info._obj.dwAccessType = 3 if self.named else 1
        info._obj.lpszProxy = ctypes.addressof(self.proxy) if self.named else None
        return 1


def ask(monkeypatch: pytest.MonkeyPatch, windows: Windows) -> str:
    monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: windows, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: windows.error, raising=False)
    return RealHost(WindowsSystem("C:\\Windows")).proxy_script(SCRIPT, URL, 2.0)


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of 64 bits")
def test_layouts() -> None:
    assert ctypes.sizeof(AutoproxyOptions) == 32
    assert ctypes.sizeof(ProxyInfo) == 24


def test_proxy_is_named_and_memory_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Windows("proxy.test:8080;other.test:8080")
    assert ask(monkeypatch, windows) == "proxy.test:8080;other.test:8080"
    assert windows.freed == [ctypes.addressof(windows.proxy)]
    assert windows.closed == [7]


def test_direct_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(monkeypatch, Windows(None)) == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [(12167, "unreachable"), (12166, "unparsable"), (12002, "timeout"), (12178, "denied")],
)
def test_what_keeps_windows_from_it(monkeypatch: pytest.MonkeyPatch, error: int, code: str) -> None:
    windows = Windows(None, error)
    with pytest.raises(Failed) as failed:
        ask(monkeypatch, windows)
    assert failed.value.failure.code == code
    assert windows.closed == [7]


def test_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failed, match="denied"):
        ask(monkeypatch, Windows(None, error=8, session=0))
