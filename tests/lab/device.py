"""The device of the lab's world: its files, its clock, and programs run on it.

A program runs in the device's network namespace and in a mount namespace of its own, where the
files that decide a diagnosis - resolver and hosts file, package lists, added roots, the sockets
under /run - are the lab's, so that the machine underneath does not show through.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

from tests.lab import places
from tests.lab.net import DEVICE_CPUS, LabError, Namespace, command

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENTER = """
mount -t tmpfs -o mode=755 tmpfs /run
cp -R "$1"/. /run/; shift
while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done
shift
exec "$@"
"""

OS_RELEASE = """\
PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
ID=debian
"""
PACKAGE = """\
Package: {name}
Status: install ok installed
Priority: optional
Section: misc
Installed-Size: 100
Maintainer: Lab <lab@app.test>
Architecture: amd64
Version: {version}
Description: {name}

"""
ARCHIVE = "mirror.example_debian_dists_trixie"
RELEASE = """\
Origin: Debian
Label: Debian
Suite: stable
Codename: trixie
Date: {date}
Architectures: amd64
Components: main
"""
AVAILABLE = """\
Package: base-files
Version: 13.8
Architecture: amd64
Maintainer: Lab <lab@app.test>
Installed-Size: 100
Filename: pool/main/b/base-files.deb
Size: 1
Description: base-files

"""


@dataclass(frozen=True)
class Ran:
    """How a program on the device ended."""

    code: int
    stdout: str
    stderr: str
    took_s: float


@dataclass
class Device:
    """What stands on the device. Change the fields before something runs on it."""

    space: Namespace
    directory: Path
    roots: Path
    """The authorities that the device trusts, as one PEM file."""
    nameservers: tuple[str, ...] = (places.ROUTER_IPV4,)
    search: tuple[str, ...] = ()
    """Domains that the resolver appends to short names."""
    resolver_options: str = ""
    hosts: dict[str, str] = field(default_factory=dict)
    """Lines of the hosts file: name to address."""
    packages: dict[str, str] = field(default_factory=lambda: {"example": "2.4.0"})
    added_roots: dict[str, Path] = field(default_factory=dict)
    """PEM files that the owner put into the place for local roots, by file name."""
    run_files: dict[str, str] = field(default_factory=dict)
    """Files below /run, by their path there: what the system's services tell of themselves."""
    clock_offset_s: int = 0
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *argv: str, timeout_s: float = 60.0, cwd: Path | None = None) -> Ran:
        binds = self._write()
        started = time.monotonic()
        process = subprocess.Popen(
            (
                "ip",
                "netns",
                "exec",
                self.space.name,
                "sh",
                "-ec",
                ENTER,
                "sh",
                str(self.directory / "run"),
                *binds,
                "--",
                "taskset",
                "--cpu-list",
                DEVICE_CPUS,
                *argv,
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self._environment(),
            start_new_session=True,
            cwd=cwd,
        )
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise LabError(f"{argv[0]}: still running after {timeout_s} s: {err[-2000:]}") from None
        return Ran(process.returncode, out, err, time.monotonic() - started)

    @property
    def home(self) -> Path:
        return self.directory / "home"

    def _environment(self) -> dict[str, str]:
        environment = {
            "PATH": PATH,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TZ": "Asia/Tokyo",
            "SSL_CERT_FILE": str(self.roots),
            "SSL_CERT_DIR": str(self.directory / "no-certificates"),
            **self.environment,
        }
        if self.clock_offset_s:
            environment["LD_PRELOAD"] = str(clock_shim(self.directory))
            environment["DIAG_LAB_CLOCK_OFFSET_S"] = str(self.clock_offset_s)
        return environment

    def _write(self) -> list[str]:
        """Write the device's files; gives the source and target of each bind mount in turn."""
        here = self.directory
        for name in ("home", "no-certificates", "apt", "apt-lists", "roots", "run"):
            (here / name).mkdir(parents=True, exist_ok=True)
        resolver = [f"nameserver {address}" for address in self.nameservers]
        if self.search:
            resolver.append(f"search {' '.join(self.search)}")
        if self.resolver_options:
            resolver.append(f"options {self.resolver_options}")
        hosts = {"localhost": "127.0.0.1", **self.hosts}
        packages = {"base-files": "13.8", **self.packages}
        texts = {
            "resolv.conf": "\n".join(resolver) + "\n",
            "hosts": "".join(f"{address} {name}\n" for name, address in hosts.items()),
            "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
            "os-release": OS_RELEASE,
            "dpkg-status": "".join(PACKAGE.format(name=n, version=v) for n, v in packages.items()),
            "apt/sources.list": "deb [trusted=yes] http://mirror.example/debian trixie main\n",
            f"apt-lists/{ARCHIVE}_main_binary-amd64_Packages": AVAILABLE,
            f"apt-lists/{ARCHIVE}_Release": RELEASE.format(date=formatdate(usegmt=True)),
        }
        for name, text in texts.items():
            (here / name).write_text(text, encoding="utf-8")
        for name, text in self.run_files.items():
            (here / "run" / name).parent.mkdir(parents=True, exist_ok=True)
            (here / "run" / name).write_text(text, encoding="utf-8")
        for name, pem in self.added_roots.items():
            (here / "roots" / name).write_bytes(pem.read_bytes())
        places_of = {
            "resolv.conf": "/etc/resolv.conf",
            "hosts": "/etc/hosts",
            "nsswitch.conf": "/etc/nsswitch.conf",
            "os-release": "/etc/os-release",
            "dpkg-status": "/var/lib/dpkg/status",
            "apt": "/etc/apt",
            "apt-lists": "/var/lib/apt/lists",
            "roots": "/usr/local/share/ca-certificates",
        }
        return [
            path
            for name, target in places_of.items()
            if Path(target).exists()
            for path in (str(here / name), target)
        ]


def clock_shim(directory: Path) -> Path:
    """The preloaded library that shifts the wall clock, compiled on the spot."""
    library = directory / "clock_shim.so"
    if not library.exists():
        source = Path(__file__).with_name("clock_shim.c")
        command("gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source))
    return library
