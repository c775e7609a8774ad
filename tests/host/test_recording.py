"""Recordings: what a device answered comes back the same, from a file that one can read."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from diag.host import (
    Command,
    FileStat,
    Host,
    Interface,
    InterfaceAddress,
    NotRecorded,
    Recording,
    RecordingHost,
    ReplayHost,
    ResolveError,
    real_host,
)
from diag.model import Failed
from tests.support import NOW, replay


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "text").write_text("日本語\n", encoding="utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    return tmp_path


def through_a_file(recorder: RecordingHost, path: Path) -> ReplayHost:
    recorder.recording("a test").save(path)
    return ReplayHost(Recording.load(path))


def test_everything_real_replays_the_same(directory: Path) -> None:
    recorder = RecordingHost(real_host())
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        recorder.connect("127.0.0.1", port, 5.0).close()
    with pytest.raises(ConnectionRefusedError):
        recorder.connect("127.0.0.1", port, 5.0)
    asks: list[Callable[[Host], object]] = [
        lambda h: h.family,
        lambda h: h.which("getent"),
        lambda h: h.which("no-such-tool"),
        lambda h: h.read(str(directory / "text")),
        lambda h: h.read(str(directory / "bytes")),
        lambda h: h.read_part(str(directory / "bytes"), 1, 2),
        lambda h: h.listdir(str(directory)),
        lambda h: h.stat(str(directory / "text")),
        lambda h: h.stat(str(directory / "none")),
        lambda h: h.getenv("NO_SUCH_VARIABLE"),
        lambda h: h.now(),
        lambda h: h.zone(),
        lambda h: h.is_root(),
        lambda h: h.known_networks(),
        lambda h: h.uptime_s(),
        lambda h: h.volume(str(directory)),
        lambda h: h.memory(),
        lambda h: h.processes(),
        lambda h: h.interfaces(),
        lambda h: h.resolve("localhost", "ipv4", 5.0),
    ]
    answers = [ask(recorder) for ask in asks]
    replayed = through_a_file(recorder, directory / "r.json")
    assert [ask(replayed) for ask in asks] == answers
    assert replayed.connect("127.0.0.1", port, 5.0).recv(10) == b""
    with pytest.raises(ConnectionRefusedError):
        replayed.connect("127.0.0.1", port, 5.0)


def test_datagrams_replay_the_same(tmp_path: Path) -> None:
    recorder = RecordingHost(real_host())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        with pytest.raises(TimeoutError):
            recorder.exchange("127.0.0.1", port, b"first", 0.2)

        def answer() -> None:
            server.recvfrom(100)
            server.sendto(b"\xff\x00", server.recvfrom(100)[1])

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        assert recorder.exchange("127.0.0.1", port, b"second\xff", 5.0) == b"\xff\x00"
        thread.join(5.0)
    with pytest.raises(ConnectionRefusedError):
        recorder.exchange("127.0.0.1", port, b"third", 5.0)
    replayed = through_a_file(recorder, tmp_path / "r.json")
    with pytest.raises(TimeoutError):
        replayed.exchange("127.0.0.1", port, b"first", 5.0)
    assert replayed.exchange("127.0.0.1", port, b"second\xff", 5.0) == b"\xff\x00"
    with pytest.raises(ConnectionRefusedError):
        replayed.exchange("127.0.0.1", port, b"third", 5.0)


def test_commands_replay_and_failures_stay_failures(tmp_path: Path) -> None:
    recorder = RecordingHost(real_host())
    said = recorder.run("getent", "services", "http")
    with pytest.raises(Failed) as first:
        recorder.run("no-such-tool")
    with pytest.raises(ResolveError) as negative:
        recorder.resolve("127.0.0.1", "ipv6", 5.0)
    replayed = through_a_file(recorder, tmp_path / "r.json")
    again = replayed.run("getent", "services", "http", timeout_s=1.0)
    assert (again.argv, again.returncode, again.stdout) == (
        said.argv,
        said.returncode,
        said.stdout,
    )
    with pytest.raises(Failed) as second:
        replayed.run("no-such-tool")
    assert second.value.failure == first.value.failure
    with pytest.raises(ResolveError) as repeated:
        replayed.resolve("127.0.0.1", "ipv6", 5.0)
    assert repeated.value.code == negative.value.code


def test_file_is_readable_and_keeps_odd_bytes(directory: Path) -> None:
    recorder = RecordingHost(real_host())
    recorder.read(str(directory / "text"))
    recorder.read(str(directory / "bytes"))
    recorder.recording("a made-up device").save(directory / "r.json")
    text = (directory / "r.json").read_text(encoding="utf-8")
    written = json.loads(text)
    assert written["source"] == "a made-up device"
    answers = {Path(call["args"][0]).name: call["answer"] for call in written["calls"]}
    assert answers == {"text": "日本語\n", "bytes": {"base64": "/wD+"}}
    assert "日本語" in text
    assert len(text.splitlines()) > 10


def test_strict_about_what_was_not_recorded() -> None:
    host = replay(files={"/etc/os-release": "ID=debian\n"}, commands={("ip", "-j", "route"): "[]"})
    assert host.read("/etc/os-release") == b"ID=debian\n"
    asks: list[Callable[[], object]] = [
        lambda: host.read("/etc/other"),
        lambda: host.run("ip", "route"),
        lambda: host.stat("/etc/os-release"),
        lambda: host.connect("127.0.0.1", 1, 1.0),
        lambda: host.resolve("app.test", "ipv4", 1.0),
        lambda: host.dbus("system", "a.b", "/", "a.b", "Get"),
    ]
    for ask in asks:
        with pytest.raises(NotRecorded, match="a test"):
            ask()
    assert issubclass(NotRecorded, AssertionError)


def test_answers_that_change_come_in_their_order(directory: Path) -> None:
    recorder = RecordingHost(real_host())
    path = directory / "state"
    for content in ("INCOMPLETE", "INCOMPLETE", "REACHABLE"):
        path.write_text(content)
        recorder.read(str(path))
    replayed = through_a_file(recorder, directory / "r.json")
    assert [replayed.read(str(path)) for _ in range(3)] == [
        b"INCOMPLETE",
        b"REACHABLE",
        b"REACHABLE",
    ]


def test_recordings_do_not_depend_on_the_order_of_threads(directory: Path) -> None:
    one, other = RecordingHost(real_host()), RecordingHost(real_host())
    paths = [str(directory / name) for name in ("text", "bytes")]
    for path in paths:
        one.read(path)
    for path in reversed(paths):
        other.read(path)
    assert one.recording("x") == other.recording("x")


def test_broken_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text('{"source": "x", "os": "amiga", "calls": []}')
    with pytest.raises(msgspec.ValidationError):
        Recording.load(path)


def test_device_on_paper() -> None:
    """What `tests.support.replay` promises to the tests of checks."""
    status = FileStat(size=1, modified=NOW, is_dir=False, owner=0, mode=0o644)
    network = Interface(
        name="eth0",
        up=True,
        mtu=1500,
        addresses=(InterfaceAddress(family="ipv4", address="192.0.2.7", prefix=24),),
    )
    host = replay(
        commands={
            ("dpkg-query", "-W", "x"): (1, "", "no packages found"),
            ("realm", "list"): Failed("denied", "run realm"),
        },
        files={"/a": b"\xff", "/b": None, "/c": Failed("denied", "read")},
        dirs={"/d": ["z", "a"], "/e": None},
        stats={"/a": status, "/b": None},
        env={"TZ": "UTC"},
        interfaces=(network,),
        dbus={("system", "a.b", "/", "a.b", "Get"): ({"Ssid": b"x"},)},
        resolves={("app.test", "ipv4"): ["192.0.2.1"], ("app.test", "ipv6"): "EAI_NODATA"},
        connects={("192.0.2.1", 443): None, ("192.0.2.1", 80): "EHOSTUNREACH"},
    )
    assert host.run("dpkg-query", "-W", "x") == Command(
        argv=("dpkg-query", "-W", "x"),
        returncode=1,
        stdout=b"",
        stderr=b"no packages found",
        took_s=0.0,
    )
    with pytest.raises(Failed, match="denied"):
        host.run("realm", "list")
    assert host.which("realm") == "/usr/bin/realm"
    assert host.which("apt") is None
    assert host.read("/a") == b"\xff"
    with pytest.raises(Failed, match="tool_missing"):
        host.read("/b")
    with pytest.raises(Failed, match="denied"):
        host.read("/c")
    assert host.listdir("/d") == ("a", "z")
    with pytest.raises(Failed, match="tool_missing"):
        host.listdir("/e")
    assert (host.stat("/a"), host.stat("/b")) == (status, None)
    assert (host.getenv("TZ"), host.getenv("HOME")) == ("UTC", None)
    assert host.interfaces() == (network,)
    assert host.now() == NOW
    assert host.dbus("system", "a.b", "/", "a.b", "Get") == ({"Ssid": b"x"},)
    assert [found.address for found in host.resolve("app.test", "ipv4", 1.0)] == ["192.0.2.1"]
    with pytest.raises(ResolveError, match="EAI_NODATA"):
        host.resolve("app.test", "ipv6", 1.0)
    host.connect("192.0.2.1", 443, 1.0).close()
    with pytest.raises(OSError, match=r"[Hh]ost"):
        host.connect("192.0.2.1", 80, 1.0)
