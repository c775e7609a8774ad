"""Three network namespaces - device, router, internet - joined by two cables, made as root.

Nothing in them has a link to the real world. Names hold this process's id and a number, so that
several worlds stand side by side, and so that `sweep` finds what a crashed run has left behind.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.lab import places
from tests.lab.places import Place

NETNS_DIR = Path("/run/netns")
STATE_DIR = Path("/var/cache/diag-lab")
"""Each world keeps its files below it: owned by root all the way up, as diag asks of commands."""
PREFIX = "diaglab"
COMMAND_TIMEOUT_S = 20.0

CARRIER_CPU = (os.cpu_count() or 1) - 1
DEVICE_CPUS = f"0-{max(0, CARRIER_CPU - 1)}"
"""Programs on the device keep off the CPU that carries its packets. Without any distance, an ICMP
error arrives while the socket is still busy sending, and Linux then waits for the next one: a
second that no real network costs."""

_numbers = itertools.count(1)


class LabError(Exception):
    """The lab's own machinery failed; says nothing about the code under test."""


def command(*argv: str, given: str | None = None) -> str:
    """Run a tool of the lab and give its output. Raises LabError with what it said."""
    done = subprocess.run(
        argv, input=given, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False
    )
    if done.returncode != 0:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip()}\n{given or ''}")
    return done.stdout


class Namespace:
    """One network namespace, with a nftables table of its own for faults."""

    def __init__(self, name: str) -> None:
        self.name = name

    def ip(self, *lines: str, family: str = "") -> None:
        """Run iproute2 lines (without the leading `ip`) in one go; `family` is -4 or -6."""
        options = [family] if family else []
        given = "\n".join(lines) + "\n"
        command("ip", *options, "-n", self.name, "-batch", "-", given=given)

    def run(self, *argv: str, given: str | None = None) -> str:
        return command("ip", "netns", "exec", self.name, *argv, given=given)

    def nft(self, family: str, table: str, hook: str, *rules: str) -> None:
        """Add a table with one base chain; `hook` is its type line (`type nat hook ...`)."""
        body = "\n".join((f"{hook};", *rules))
        given = f"table {family} {table} {{\nchain rules {{\n{body}\n}}\n}}\n"
        self.run("nft", "-f", "-", given=given)

    def sysctl(self, **values: int) -> None:
        """Set keys under net, written with `__` for the dot: ipv4__ip_forward=1."""
        self.run("sysctl", "-qw", *(f"net.{k.replace('__', '.')}={v}" for k, v in values.items()))

    def start(
        self,
        *argv: str,
        log: Path,
        env: dict[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a server in the namespace; its standard input stays open while we live."""
        with log.open("ab") as out:
            return subprocess.Popen(
                ("ip", "netns", "exec", self.name, *argv),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )


class Net:
    """The world's cables and addresses: device -- router (forwards, NATs IPv4) -- internet."""

    def __init__(self) -> None:
        self.id = f"{PREFIX}-{os.getpid()}-{next(_numbers)}"
        self.dir = STATE_DIR / self.id
        self.device = Namespace(f"{self.id}-device")
        self.router = Namespace(f"{self.id}-router")
        self.internet = Namespace(f"{self.id}-internet")

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        return (self.device, self.router, self.internet)

    def up(self) -> None:
        STATE_DIR.mkdir(mode=0o755, exist_ok=True)
        self.dir.mkdir(mode=0o755)
        for space in self.namespaces:
            command("ip", "netns", "add", space.name)
            space.sysctl(
                # Addresses can be used at once: nobody else is on these cables.
                ipv6__conf__all__accept_dad=0,
                ipv6__conf__default__accept_dad=0,
                ipv6__conf__default__accept_ra=0,
                # Every unprivileged port may be bound and every probe is answered at once.
                ipv4__icmp_ratelimit=0,
                ipv6__icmp__ratelimit=0,
            )
        self.cable(self.router, "lan", self.device, "eth0")
        self.cable(self.router, "wan", self.internet, "isp")
        self._internet()
        self._router()
        self.connect_line()
        self._distance()
        self.connect_device()

    @staticmethod
    def cable(a: Namespace, a_name: str, b: Namespace, b_name: str) -> None:
        a.ip(f"link add {a_name} type veth peer name {b_name} netns {b.name}")

    def _internet(self) -> None:
        self.internet.ip(
            "link set lo up",
            *(line for place in places.PLACES for line in self._address_lines(place)),
        )

    @staticmethod
    def _address_lines(place: Place) -> tuple[str, str]:
        return (f"addr add {place.ipv4}/32 dev lo", f"addr add {place.ipv6}/128 dev lo")

    def _router(self) -> None:
        self.router.sysctl(ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
        self.router.ip(
            "link set lo up",
            f"link set lan address {places.ROUTER_MAC}",
            f"addr add {places.ROUTER_IPV4}/24 dev lan",
            f"addr add {places.ROUTER_IPV6}/64 dev lan",
            f"addr add {places.ROUTER_LINK_LOCAL}/64 dev lan",
            "link set lan up",
        )
        self.router.nft(
            "ip", "nat", "type nat hook postrouting priority srcnat", 'oifname "wan" masquerade'
        )

    def connect_line(self) -> None:
        """Addresses and routes of the line between the router (wan) and the internet (isp)."""
        self.internet.ip(
            f"addr add {places.WAN_ISP_IPV4}/30 dev isp",
            f"addr add {places.WAN_ISP_LINK_LOCAL}/64 dev isp",
            "link set isp up",
            f"route add {places.LAN_IPV6} via {places.WAN_ROUTER_LINK_LOCAL} dev isp",
        )
        self.router.ip(
            f"addr add {places.WAN_ROUTER_IPV4}/30 dev wan",
            f"addr add {places.WAN_ROUTER_LINK_LOCAL}/64 dev wan",
            "link set wan up",
            f"route add default via {places.WAN_ISP_IPV4}",
            f"route add default via {places.WAN_ISP_LINK_LOCAL} dev wan",
        )

    def lengthen_line(self, delay_s: float) -> None:
        """Put a line in place of the cable to the internet that takes this long each way."""
        self.router.ip("link del wan")
        self.tunnel(self.router, "wan", self.internet, "isp", delay_s)
        self.connect_line()

    def tunnel(
        self, a: Namespace, a_name: str, b: Namespace, b_name: str, delay_s: float = 0.0
    ) -> None:
        """Join two namespaces by a TUN device in each, still down and without addresses."""
        log = self.dir / f"tunnel-{a_name}.log"
        program = str(Path(__file__).with_name("long_line.py"))
        ends = (a.name, a_name, b.name, b_name)
        a.start(sys.executable, "-I", program, *ends, str(delay_s), log=log)
        wait_until(lambda: "ready" in log.read_text(encoding="utf-8"), f"tunnel {a_name}")

    def _distance(self) -> None:
        """Let a CPU of its own carry packets between device and router (see `DEVICE_CPUS`)."""
        for space, name in ((self.device, "eth0"), (self.router, "lan")):
            rps = f"/sys/class/net/{name}/queues/rx-0/rps_cpus"
            space.run("sh", "-c", f"echo {1 << CARRIER_CPU:x} > {rps}")

    def connect_device(self) -> None:
        self.device.ip(
            "link set lo up",
            f"link set eth0 address {places.DEVICE_MAC}",
            f"addr add {places.DEVICE_IPV4}/24 dev eth0",
            f"addr add {places.DEVICE_IPV6}/64 dev eth0",
            "link set eth0 up",
            f"route add default via {places.ROUTER_IPV4} proto dhcp",
            f"route add default via {places.ROUTER_LINK_LOCAL} dev eth0 proto ra",
        )

    def second_interface(self) -> None:
        """Another cable of the device, into a network that leads nowhere (10.8.7.0/24)."""
        self.cable(self.router, "stub", self.device, "eth1")
        self.router.ip("addr add 10.8.7.1/24 dev stub", "link set stub up")
        # Whatever comes in there is not forwarded.
        self.router.nft(
            "inet", "stub", "type filter hook forward priority 0", 'iifname "stub" drop'
        )
        self.device.ip("addr add 10.8.7.20/24 dev eth1", "link set eth1 up")

    def down(self) -> None:
        for space in self.namespaces:
            remove_namespace(space.name)
        remove_tree(self.dir)


def remove_namespace(name: str) -> None:
    """End what still runs inside (processes of ours alone can be there), then remove it."""
    if not (NETNS_DIR / name).exists():
        return
    for pid in _pids(name):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    command("ip", "netns", "del", name)


def _pids(name: str) -> Sequence[int]:
    with suppress(LabError):
        return [int(word) for word in command("ip", "netns", "pids", name).split()]
    return []


def remove_tree(path: Path) -> None:
    import shutil

    shutil.rmtree(path, ignore_errors=True)


def sweep() -> list[str]:
    """Remove worlds whose process is gone: a crash or kill -9 leaves them behind."""
    gone = []
    names = [*_names(NETNS_DIR), *_names(STATE_DIR)]
    for name in names:
        pid = name.split("-")[1]
        if not pid.isdigit() or Path("/proc", pid).exists():
            continue
        remove_namespace(name)
        remove_tree(STATE_DIR / name)
        gone.append(name)
    return gone


def _names(directory: Path) -> list[str]:
    if not directory.is_dir():
        return []
    return sorted(path.name for path in directory.iterdir() if path.name.startswith(f"{PREFIX}-"))


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Poll until it is true. Raises LabError when it does not become so."""
    limit = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > limit:
            raise LabError(f"{what}: not within {seconds} s")
        time.sleep(0.005)
