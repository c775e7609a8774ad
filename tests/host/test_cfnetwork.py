"""Asking CFNetwork about a PAC file: real calls, into a library of the same shape."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.host import cfnetwork
from diag.host.macos import MacosSystem
from diag.host.real import RealHost
from diag.model import Failed

URL = "https://login.test/"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc")
    assert compiler, "gcc compiles the library that stands in for CFNetwork"
    made = tmp_path_factory.mktemp("cfnetwork") / "stub.so"
    source = Path(__file__).with_name("cfnetwork_stub.c")
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-Wall", "-Werror", "-o", made, source], check=True
    )
    return made


@pytest.fixture
def macos(library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealHost]:
    monkeypatch.setattr(cfnetwork, "LIBRARIES", (str(library),))
    yield RealHost(MacosSystem())
    live = ctypes.c_int.in_dll(ctypes.CDLL(str(library)), "live")
    assert live.value == 0, "all that was made is released"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("named", "proxy.test:8080"),
        ("six", "[2001:db8::1]:8080"),
        ("socks", "socks=proxy.test:8080"),
        ("direct", ""),
        ("empty", ""),
    ],
)
def test_what_the_script_says(macos: RealHost, script: str, said: str) -> None:
    assert macos.proxy_script(f"http://wpad.test/{script}", URL, 2.0) == said


def test_the_script_is_asked_about_the_page(macos: RealHost, library: Path) -> None:
    macos.proxy_script("http://wpad.test/named", URL, 2.0)
    asked = ctypes.c_char * 1024
    said = asked.in_dll(ctypes.CDLL(str(library)), "asked").value
    assert said == b"http://wpad.test/named for https://login.test/"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("http://wpad.test/error/308", "unparsable"),
        ("http://wpad.test/error/309", "denied"),
        ("http://wpad.test/error/-1001", "timeout"),
        ("http://wpad.test/error/-1003", "unreachable"),
        ("http://wpad.test/silent", "timeout"),
        ("http://wpad.test/portless", "unparsable"),
        ("http://wpad.test/none", "unsupported"),
        ("no url", "unparsable"),
    ],
)
def test_what_keeps_macos_from_it(macos: RealHost, script: str, code: str) -> None:
    with pytest.raises(Failed) as failed:
        macos.proxy_script(script, URL, 2.0)
    assert failed.value.failure.code == code
