"""Word goes out for real: to a program, a web hook, a desktop on a bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from diag import channels
from diag.channels import NotSaid, Word, secret
from diag.config import WordSettings
from diag.host import real_host
from tests.message_bus import message_bus

WORD = Word(
    title="Check-up of this PC",
    lines=("New: no cable.", "Gone: no updates."),
    more="To see more: diag show",
    report_id="ABCD-EFGH",
    changes=({"kind": "new", "code": "link.down", "severity": "problem"},),
)


def tell(settings: WordSettings, name: str) -> None:
    channels.channels(settings, real_host())[name](WORD)


def test_only_what_is_asked_for_is_told_and_always_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert list(channels.channels(WordSettings(), real_host())) == ["stderr"]
    tell(WordSettings(), "stderr")
    assert capsys.readouterr().err == "New: no cable.\nGone: no updates.\nTo see more: diag show\n"


# --- a program ----------------------------------------------------------------------------------


def program(directory: Path, text: str) -> str:
    """A program that as root is trusted only where root alone may write."""
    path = directory / "tell"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory whose parents belong to root alone, as those of programs do."""
    base = "/root" if os.geteuid() == 0 else str(Path.home())
    path = Path(tempfile.mkdtemp(prefix="diag-test-", dir=base))
    yield path
    shutil.rmtree(path)


def test_a_program_gets_the_word_as_json(place: Path) -> None:
    settings = WordSettings(command=(program(place, f'cat > "{place}/$1"'), "told"))
    tell(settings, "command")
    data = json.loads((place / "told").read_text())
    assert data["lines"] == ["New: no cable.", "Gone: no updates."]
    assert data["changes"] == [{"kind": "new", "code": "link.down", "severity": "problem"}]


def test_a_program_that_fails_or_hangs_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotSaid, match="ended with 3"):
        tell(WordSettings(command=(program(place, "exit 3"),)), "command")
    monkeypatch.setattr(channels, "COMMAND_TIMEOUT_S", 0.5)
    alive = place / "alive"
    settings = WordSettings(command=(program(place, f"(sleep 1; touch {alive}) & sleep 60"),))
    with pytest.raises(NotSaid, match="did not end within"):
        tell(settings, "command")
    time.sleep(1)
    assert not alive.exists(), "what it started is gone with it"
    with pytest.raises(NotSaid, match="not there"):
        tell(WordSettings(command=("/nonexistent/tell",)), "command")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to be careful")
def test_as_root_a_program_that_others_could_change_is_not_started(tmp_path: Path) -> None:
    settings = WordSettings(command=(program(tmp_path, f"touch {tmp_path}/ran"),))
    tmp_path.chmod(0o777)
    with pytest.raises(NotSaid, match="root"):
        tell(settings, "command")
    assert not (tmp_path / "ran").exists()


# --- Apprise, and where addresses are kept ------------------------------------------------------


def test_a_web_hook_by_apprise(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    addresses = tmp_path / "addresses"
    addresses.write_text(f"json://127.0.0.1:{httpserver.port}/hook\n")
    addresses.chmod(0o600)
    tell(WordSettings(apprise=(f"file:{addresses}",)), "apprise")
    (request, _), *rest = httpserver.log
    assert rest == []
    assert request.get_json()["title"] == WORD.title
    assert request.get_json()["message"] == WORD.text


def test_a_web_hook_that_refuses_is_told_without_its_address(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/hunter2").respond_with_data("no", status=500)
    addresses = tmp_path / "addresses"
    addresses.write_text(f"json://127.0.0.1:{httpserver.port}/hunter2")
    addresses.chmod(0o600)
    with pytest.raises(NotSaid) as caught:
        tell(WordSettings(apprise=(f"file:{addresses}",)), "apprise")
    assert "hunter2" not in str(caught.value)
    addresses.write_text("nonsense://hunter2")
    with pytest.raises(NotSaid) as caught:
        tell(WordSettings(apprise=(f"file:{addresses}",)), "apprise")
    assert "hunter2" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_a_file_of_secrets_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "addresses"
    path.write_text("json://example.test")
    for mode in (0o644, 0o640, 0o604):
        path.chmod(mode)
        with pytest.raises(NotSaid, match="chmod 600"):
            secret(f"file:{path}")
    path.chmod(0o600)
    assert secret(f"file:{path}") == "json://example.test"
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(NotSaid):
        secret(f"file:{tmp_path}/link")
    with pytest.raises(NotSaid, match="no such file"):
        secret(f"file:{tmp_path}/none")


def test_an_address_itself_is_no_place_for_an_address() -> None:
    with pytest.raises(NotSaid) as caught:
        secret("slack://hunter2")
    assert "hunter2" not in str(caught.value)


def test_the_keyring() -> None:
    import keyring
    from keyring.backend import KeyringBackend

    class InMemory(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return {("diag", "ops"): "json://example.test"}.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def delete_password(self, service: str, username: str) -> None:
            raise NotImplementedError

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())  # type: ignore[no-untyped-call]
    try:
        assert secret("keyring:ops") == "json://example.test"
        with pytest.raises(NotSaid, match="keyring set diag other"):
            secret("keyring:other")
    finally:
        keyring.set_keyring(before)


# --- the desktop --------------------------------------------------------------------------------


@pytest.mark.skipif(
    shutil.which("dbus-daemon") is None and "CI" not in os.environ,
    reason="dbus-daemon is not installed",
)
def test_a_desktop_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    with message_bus("--session") as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with pytest.raises(NotSaid, match="no desktop takes notices"):
            tell(WordSettings(desktop=True), "desktop")
        ready = threading.Event()
        shown: list[object] = []
        desktop = threading.Thread(target=_desktop, args=(address, ready, shown))
        desktop.start()
        assert ready.wait(5)
        tell(WordSettings(desktop=True), "desktop")
        desktop.join(5)
    assert shown == [("diag", WORD.title, WORD.text)]


def _desktop(address: str, ready: threading.Event, shown: list[object]) -> None:
    """Takes one notice, as a desktop does (Desktop Notifications Specification)."""
    from jeepney import HeaderFields, message_bus, new_method_return
    from jeepney.io.blocking import open_dbus_connection

    with open_dbus_connection(address) as connection:
        name = message_bus.RequestName("org.freedesktop.Notifications")
        connection.send_and_get_reply(name)
        ready.set()
        while True:
            message = connection.receive(timeout=5)
            if message.header.fields.get(HeaderFields.member) == "Notify":
                break
        program, _, _, title, text, *_ = message.body
        shown.append((program, title, text))
        connection.send(new_method_return(message, "u", (1,)))
