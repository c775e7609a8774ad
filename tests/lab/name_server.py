"""Name servers: one on the internet behind every public resolver's address, one on the router.

dnsmasq answers; unbound stands in where a situation wants REFUSED or SERVFAIL, which dnsmasq does
not give on request. The router's server forwards to the internet, as home routers do, and may
lie or fail on its own while the public ones stay right.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.lab import places
from tests.lab.net import LabError, Namespace, wait_until
from tests.lab.places import Place

Mode = Literal["works", "dead", "refused", "servfail"]
"""dead: nothing listens on port 53, so the asker is told at once (ICMP)."""


NOBODY_TO_ASK = """\
  do-not-query-address: 0.0.0.0/0
  do-not-query-address: ::0/0
"""


@dataclass
class NameServer:
    """What one name server says. Change the fields before the world starts."""

    space: Namespace
    directory: Path
    forwards_to: tuple[str, ...] = ()
    """Upstream servers; none: it knows the records alone, all else is NXDOMAIN."""
    mode: Mode = "works"
    delay_s: float = 0.0
    records: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Names that do not exist here, whatever `records` or the upstream say."""
    only_ipv4: bool = False
    only_ipv6: bool = False
    ipv6_questions: Literal["", "servfail", "silent"] = ""
    """What questions for IPv6 addresses get from a server that never learnt of them."""
    wildcard: str | None = None
    """The address given for every name that is not in `records`."""
    wildcards: dict[str, str] = field(default_factory=dict)
    """The address given for every name below a domain."""
    dns64: str = ""
    """The prefix that names without IPv6 get their addresses from (RFC 6147); `records` and what
    else changes single names has no say then."""

    def publish(self, place: Place) -> None:
        for name in place.names:
            self.records[name] = (place.ipv4, place.ipv6)

    def forge(self, name: str, *addresses: str) -> None:
        self.records[name] = addresses

    def start(self) -> None:
        if self.mode == "dead":
            return
        self.directory.mkdir(exist_ok=True)
        is_odd = bool(self.delay_s or self.ipv6_questions)
        port = 5353 if is_odd else 53
        if self.mode == "works" and not self.dns64:
            self._start_dnsmasq(port)
        else:
            self._start_unbound(port)
        if is_odd:
            self._start_odd(port)

    def _start_dnsmasq(self, port: int) -> None:
        lines = [
            f"port={port}",
            "keep-in-foreground",
            "no-resolv",
            "no-hosts",
            "user=root",
            "pid-file",
            "local-ttl=60",
            "log-facility=-",
            *(f"server={upstream}" for upstream in self.forwards_to),
        ]
        if not self.forwards_to:
            lines.append("local=/#/")
        if self.only_ipv4:
            lines.append("filter-AAAA")
        if self.only_ipv6:
            lines.append("filter-A")
        if self.wildcard:
            lines.append(f"address=/#/{self.wildcard}")
        lines.extend(f"address=/{domain}/{given}" for domain, given in self.wildcards.items())
        # An address= line without an address is dnsmasq's way to say NXDOMAIN.
        lines.extend(f"address=/{name}/" for name in sorted(self.missing))
        for name, addresses in self.records.items():
            given = [each for each in addresses if self._serves(each)]
            if self.forwards_to and name not in self.missing:
                # What is told here is all there is: the other family is not asked for upstream.
                lines.append(f"local=/{name}/")
            if name not in self.missing:
                lines.extend(f"host-record={name},{address}" for address in given)
        config = self.directory / "dnsmasq.conf"
        config.write_text("\n".join(lines) + "\n", encoding="ascii")
        self._await(
            self.space.start("dnsmasq", f"--conf-file={config}", log=self.directory / "log"), port
        )

    def _serves(self, address: str) -> bool:
        return not (self.only_ipv4 if ":" in address else self.only_ipv6)

    def _start_unbound(self, port: int) -> None:
        # SERVFAIL is what a resolver says when it has nobody to ask.
        access = "refuse" if self.mode == "refused" else "allow"
        nobody = "" if self.mode == "works" else NOBODY_TO_ASK
        upstreams = "".join(
            f"  forward-addr: {each}\n" for each in self.forwards_to or ("1.1.1.1",)
        )
        modules = f'"dns64 iterator"\n  dns64-prefix: {self.dns64}' if self.dns64 else '"iterator"'
        config = self.directory / "unbound.conf"
        config.write_text(
            f"""
server:
  interface: 0.0.0.0
  interface: ::0
  port: {port}
  access-control: 0.0.0.0/0 {access}
  access-control: ::0/0 {access}
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{self.directory}"
  pidfile: ""
  use-syslog: no
  num-threads: 1
  module-config: {modules}
{nobody}  local-zone: "test." nodefault
forward-zone:
  name: "."
{upstreams}remote-control:
  control-enable: no
""",
            encoding="ascii",
        )
        self._await(
            self.space.start("unbound", "-d", "-c", str(config), log=self.directory / "log"), port
        )

    def _start_odd(self, port: int) -> None:
        program = Path(__file__).with_name("odd_dns.py")
        process = self.space.start(
            sys.executable, "-I", str(program), str(port), str(self.delay_s),
            self.ipv6_questions, log=self.directory / "odd.log",
        )  # fmt: skip
        self._await(process, 53)

    def _await(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Wait until the port is taken; /proc shows the sockets of a namespace's processes."""
        table = Path("/proc", str(process.pid), "net", "udp")
        wanted = f":{port:04X} "

        def ready() -> bool:
            if process.poll() is not None:
                logs = "\n".join(path.read_text() for path in self.directory.glob("*log"))
                raise LabError(f"name server on port {port} ended: {logs}")
            with suppress(OSError):
                return wanted in table.read_text(encoding="ascii")
            return False

        wait_until(ready, f"name server on port {port}")


def public(space: Namespace, directory: Path) -> NameServer:
    """The internet's servers: they know every place."""
    server = NameServer(space, directory)
    for place in places.PLACES:
        server.publish(place)
    return server
