"""The rest of the real host: files, interfaces, names, connections, clock and zone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from diag.host import RealHost, ResolveError, real_host
from diag.host.posix import zone_of_path
from diag.host.real import prefix_length
from diag.host.windows import WindowsSystem
from diag.model import Failed
from tests.namespaces import needs_root, python_in_namespace

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux")


@pytest.fixture
def host() -> RealHost:
    return real_host()


def test_importing_the_door_loads_nothing_heavy() -> None:
    code = (
        "import sys, diag.host, diag.host.real, diag.host.linux, diag.host.macos,"
        " diag.host.windows\n"
        "print([m for m in ('psutil', 'jeepney', 'subprocess', 'ssl') if m in sys.modules"
        " and m != 'subprocess'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_reading_files(host: RealHost, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert host.read(str(path)) == b"0123456789"
    assert host.read(str(path), 4) == b"0123"
    assert host.read_part(str(path), 4, 3) == b"456"
    assert host.read_part(str(path), 8, 9) == b"89"
    assert host.read_part(str(path), 20, 9) == b""
    for missing in (tmp_path / "none", path / "below"):
        with pytest.raises(Failed, match="tool_missing"):
            host.read(str(missing))
        assert host.stat(str(missing)) is None
        with pytest.raises(Failed, match="tool_missing"):
            host.listdir(str(missing))
    with pytest.raises(Failed, match=r"unsupported|denied"):
        host.read(str(tmp_path))
    with pytest.raises(Failed, match="tool_missing"):
        host.read("a\0b")


def test_failed_paths_stand_in_the_text_that_is_scanned_not_in_the_operation(
    host: RealHost,
) -> None:
    with pytest.raises(Failed) as failed:
        host.read("/home/taro/.secret")
    assert failed.value.failure.operation == "read"
    assert "/home/taro/.secret" in failed.value.failure.detail


@linux
def test_pipe_without_a_writer_does_not_hang(host: RealHost, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Failed, match="unsupported"):
        host.read(str(tmp_path / "pipe"))


@linux
def test_endless_device_is_not_read(host: RealHost) -> None:
    with pytest.raises(Failed, match="unsupported"):
        host.read("/dev/zero")
    assert b"lo" in host.read("/proc/net/dev")


@linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root changes its user")
def test_denied_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    (secret / "file").write_text("x")
    tmp_path.chmod(0o755)
    code = f"""
import os
from diag.host.real import real_host
from diag.model import Failed
real_host()
os.setuid(65534)
for ask in (real_host().read, real_host().stat):
    try:
        ask({str(secret / "file")!r})
    except Failed as error:
        print(error.failure.code)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert done.stdout == "denied\ndenied\n", done.stderr


def test_stat_and_listdir(host: RealHost, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("xyz")
    (tmp_path / "a").mkdir()
    os.utime(tmp_path / "b", (0, 86400))
    assert host.listdir(str(tmp_path)) == ("a", "b")
    status = host.stat(str(tmp_path / "b"))
    assert status is not None
    assert (status.size, status.is_dir) == (3, False)
    assert status.modified == datetime(1970, 1, 2, tzinfo=UTC)
    folder = host.stat(str(tmp_path / "a"))
    assert folder is not None
    assert folder.is_dir


def test_loopback_is_among_the_interfaces_and_is_marked(host: RealHost) -> None:
    loopback = [interface for interface in host.interfaces() if interface.loopback]
    assert len(loopback) == 1
    held = {(address.family, address.address): address.prefix for address in loopback[0].addresses}
    assert held[("ipv4", "127.0.0.1")] == 8
    assert loopback[0].up


@needs_root()
def test_interfaces_of_a_made_up_device() -> None:
    setup = """
ip link add dev0 type veth peer name far0
ip link set dev0 up; ip link set far0 up
ip address add 198.51.100.7/25 dev dev0
ip address add 2001:db8::7/56 dev dev0 nodad
ip link add dark0 type veth peer name dark1
ip link set dark0 up
"""
    code = """
from diag.host import real_host
for i in real_host().interfaces():
    print(i.name, i.up, i.loopback,
          *sorted(f"{a.address}/{a.prefix}" for a in i.addresses
                  if a.family != "mac" and not a.address.startswith("fe80")))
"""
    lines = set(python_in_namespace(setup, code).splitlines())
    assert "dev0 True False 198.51.100.7/25 2001:db8::7/56" in lines
    assert "dark0 False False" in lines  # administratively up, but nobody at the other end
    assert "lo True True 127.0.0.1/8 ::1/128" in lines


def test_prefix_length() -> None:
    assert prefix_length("255.255.255.240") == 28
    assert prefix_length("ffff:ffff:ffff:ffff::") == 64
    assert prefix_length("0.0.0.0") == 0
    assert prefix_length(None) is None
    assert prefix_length("fe80::1%eth0") is None


def test_resolving(host: RealHost) -> None:
    (answer,) = host.resolve("localhost", "ipv4", 5.0)
    assert (answer.family, answer.address) == ("ipv4", "127.0.0.1")
    with pytest.raises(ResolveError) as negative:
        host.resolve("127.0.0.1", "ipv6", 5.0)
    assert negative.value.code in ("EAI_NODATA", "EAI_NONAME")
    for no_name in ("a\0b", "x" * 64 + ".test", ""):
        with pytest.raises(ResolveError):
            host.resolve(no_name, "ipv4", 5.0)


SILENT = """
import socket, sys, threading, time
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.53", 53))
asked = threading.Event()
def swallow():
    server.recvfrom(512)
    asked.set()
threading.Thread(target=swallow, daemon=True).start()
from diag.host import real_host
from diag.model import Failed
started = time.monotonic()
try:
    real_host().resolve("login.app.test", "ipv4", 0.5)
except Failed as error:
    print(error.failure.code, error.failure.operation, asked.wait(5))
print(time.monotonic() - started < 1.0)
"""


@needs_root()
def test_resolver_that_never_answers_does_not_hold_us(tmp_path: Path) -> None:
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.53\noptions timeout:30 attempts:3\n")
    started = time.monotonic()
    out = python_in_namespace(f"mount --bind {resolv} /etc/resolv.conf", SILENT)
    assert out == "timeout resolve True\nTrue\n"
    assert time.monotonic() - started < 15.0  # nor does its thread hold up the exit


ANSWERS = """
import socket, threading
from diag.host import ResolveError, real_host
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.53", 53))
CODES = {b"gone": 3, b"broken": 2, b"empty": 0, b"refused": 5}
def serve():
    while True:
        query, who = server.recvfrom(512)
        label = query[13:13 + query[12]]
        flags = (0x8180 | CODES[label]).to_bytes(2, "big")
        server.sendto(query[:2] + flags + query[4:6] + bytes(6) + query[12:], who)
threading.Thread(target=serve, daemon=True).start()
for name in ("gone", "empty", "broken", "refused"):
    try:
        real_host().resolve(f"{name}.app.test.", "ipv4", 20.0)
    except ResolveError as error:
        print(name, error.code)
"""


@needs_root()
def test_negative_answers_keep_their_names(tmp_path: Path) -> None:
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.53\noptions timeout:1 attempts:1\n")
    out = python_in_namespace(f"mount --bind {resolv} /etc/resolv.conf", ANSWERS)
    assert out.splitlines() == [
        "gone EAI_NONAME",
        "empty EAI_NODATA",
        "broken EAI_AGAIN",
        "refused EAI_AGAIN",
    ]


BROKEN = """
from diag.host import ResolveError, real_host
try:
    real_host().resolve("login.app.test", "ipv4", 5.0)
except ResolveError as error:
    print(error.code)
"""


@needs_root()
def test_a_resolver_that_cannot_start_is_a_negative_answer() -> None:
    broken = "mount -t tmpfs tmpfs /etc && mkdir /etc/resolv.conf"
    assert python_in_namespace(broken, BROKEN) == "EAI_FAIL\n"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_connecting(host: RealHost, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        with host.connect(address, port, 5.0) as connection:
            assert connection.getpeername()[1] == port
            assert connection.gettimeout() == 5.0
    with pytest.raises(ConnectionRefusedError):
        host.connect(address, port, 5.0)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@linux
def test_connecting_with_small_segments(host: RealHost, address: str) -> None:
    """Both sides keep to it: the server learns of it with the first packet."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        with host.connect(address, port, 5.0, segment=536):
            accepted, _ = server.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) <= 536


def test_connecting_never_asks_a_resolver(host: RealHost) -> None:
    with pytest.raises(socket.gaierror):
        host.connect("localhost", 80, 5.0)


CONNECTS = """
import errno, time
from diag.host import real_host
host = real_host()
link_local = next(a.address for i in host.interfaces() if i.name == "dev0"
                  for a in i.addresses if a.address.startswith("fe80"))
for address in ("198.51.100.9", "203.0.113.1", link_local + "%dev0"):
    started = time.monotonic()
    try:
        host.connect(address, 9, 0.5)
    except OSError as error:
        name = "timeout" if isinstance(error, TimeoutError) else errno.errorcode[error.errno]
        print(name, time.monotonic() - started < 0.9)
"""


@needs_root()
def test_silence_no_route_and_scoped_addresses() -> None:
    setup = """
ip link add dev0 type veth peer name far0
ip link set dev0 addrgenmode eui64
ip link set dev0 up; ip link set far0 up
sysctl -qw net.ipv6.conf.dev0.accept_dad=0 || true
ip address add 198.51.100.7/24 dev dev0
ip neighbour add 198.51.100.9 lladdr 02:00:00:00:00:09 dev dev0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  ip -6 address show dev dev0 tentative | grep -q fe80 || break; sleep 0.1
done
"""
    assert python_in_namespace(setup, CONNECTS).splitlines() == [
        "timeout True",
        "ENETUNREACH True",
        "ECONNREFUSED True",
    ]


def test_clock_and_uptime(host: RealHost) -> None:
    assert abs((host.now() - datetime.now(UTC)).total_seconds()) < 5
    first = host.uptime_s()
    assert 0 < first <= host.uptime_s()


@linux
def test_uptime_is_the_kernels(host: RealHost) -> None:
    told = float(Path("/proc/uptime").read_text().split()[0])
    assert abs(host.uptime_s() - told) < 5


@linux
@pytest.mark.parametrize(
    ("tz", "zone"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        (":America/St_Johns", "America/St_Johns"),
        ("/usr/share/zoneinfo/posix/Europe/Berlin", "Europe/Berlin"),
        ("JST-9", "Etc/GMT-9"),
        ("UTC0", "UTC"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "UTC"),
        ("NPT-5:45", "UTC"),
        ("Nowhere/Land", "UTC"),
        ("../../etc/passwd", "UTC"),
    ],
)
def test_zone_from_the_environment(tz: str, zone: str) -> None:
    code = "import time; time.tzset(); from diag.host import real_host; print(real_host().zone())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": tz},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == zone
    assert ZoneInfo(zone)


@needs_root()
def test_zone_from_the_link_or_the_file(tmp_path: Path) -> None:
    code = "from diag.host import real_host; print(real_host().zone())"
    etc = tmp_path / "etc"
    etc.mkdir()
    setup = f"unset TZ; cp -a /etc/passwd /etc/ld.so.cache {etc}; mount --bind {etc} /etc\n"
    link = "ln -s /var/db/timezone/zoneinfo/Asia/Tokyo /etc/localtime\n"
    stale = "echo Europe/Paris > /etc/timezone\n"
    assert python_in_namespace(setup + link + stale, code) == "Asia/Tokyo\n"
    (etc / "localtime").unlink()
    assert python_in_namespace(setup, code) == "Europe/Paris\n"
    (etc / "timezone").unlink()
    assert python_in_namespace(setup, code) == "UTC\n"


def test_zone_names_in_links() -> None:
    assert zone_of_path("../usr/share/zoneinfo/America/Argentina/Ushuaia") == (
        "America/Argentina/Ushuaia"
    )
    assert zone_of_path("/usr/share/zoneinfo/right/UTC") == "UTC"
    assert zone_of_path("/etc/localtime") == ""


def test_windows_on_paper() -> None:
    """What can be told of the Windows side from any system: paths, trust, environment."""
    system = WindowsSystem(r"C:\Windows")
    assert system.candidates("ipconfig") == (r"C:\Windows\System32\ipconfig.exe",)
    assert system.candidates("evil") == ()
    assert system.candidates(r"..\evil.exe") == ()
    assert system.trusted(r"c:\program files\Example\example.exe")
    assert not system.trusted(r"C:\Users\taro\example.exe")
    assert not system.trusted(r"C:\Windows\..\Users\taro\example.exe")
    assert not system.trusted(r"C:\Windows2\example.exe")
    assert system.environment()["PATH"] == r"C:\Windows\System32;C:\Windows"
