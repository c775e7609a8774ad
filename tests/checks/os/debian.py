"""A Debian of its own in a directory: a local archive, package lists and a status file for apt.

Everything is made with Debian's own tools, and apt itself is asked over it, so that what diag
counts can be held against what apt says. No root is needed and the machine's own packages are
neither read nor changed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from diag.host.base import READ_LIMIT, Command, FileStat
from diag.host.real import RealHost
from diag.host.system import current_system

NATIVE = subprocess.run(
    ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
).stdout.strip()


class Debian:
    def __init__(self, root: Path) -> None:
        self.root = root
        for directory in (
            "etc/apt/preferences.d",
            "etc/apt/apt.conf.d",
            "etc/apt/sources.list.d",
            "etc/apt/trusted.gpg.d",
            "var/lib/apt/lists/partial",
            "var/lib/dpkg",
            "var/cache/apt/archives/partial",
            "archive",
        ):
            (root / directory).mkdir(parents=True)
        self.config = root / "apt.conf"
        self.config.write_text(
            f'Dir "{root}";\nDir::State::status "{root}/var/lib/dpkg/status";\n'
            f'APT::Architecture "{NATIVE}";\nAPT::Architectures {{ "{NATIVE}"; }};\n'
            'APT::Sandbox::User "";\n',
            encoding="utf-8",
        )
        self._sources: list[str] = []
        self.install({})

    def install(
        self, versions: Mapping[str, str], held: tuple[str, ...] = (), arch: str = "all"
    ) -> None:
        stanzas = [_stanza("dpkg", "1.21.22", NATIVE, "install ok installed")]
        stanzas += [
            _stanza(name, version, arch, f"{'hold' if name in held else 'install'} ok installed")
            for name, version in versions.items()
        ]
        stanzas.append(_stanza("gone", "1", "all", "deinstall ok config-files"))
        text = "\n".join(stanzas)
        (self.root / "var/lib/dpkg/status").write_text(text, encoding="utf-8")

    def publish(
        self,
        suite: str,
        packages: Mapping[str, str],
        label: str = "Debian",
        date: datetime = datetime(2026, 11, 20, 6, 0, tzinfo=UTC),
        arch: str = "all",
        more: str = "",
    ) -> None:
        """Put packages into an archive and name it as a source; `update` fetches its lists.

        more: further fields of each of its packages, a line each.
        """
        place = self.root / "archive" / "dists" / suite
        lists = place / f"main/binary-{NATIVE}"
        lists.mkdir(parents=True)
        index = "\n".join(
            _stanza(name, version, arch, None) + f"Filename: pool/{name}.deb\nSize: 1\n"
            f"SHA256: {'0' * 64}\n{more}"
            for name, version in packages.items()
        )
        (lists / "Packages").write_text(index, encoding="utf-8")
        sums = subprocess.run(
            ["sha256sum", f"main/binary-{NATIVE}/Packages"],
            cwd=place, check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
        (place / "Release").write_text(
            f"Origin: Debian\nLabel: {label}\nSuite: {suite}\nCodename: {suite}\n"
            f"Date: {format_datetime(date, usegmt=True).replace('GMT', 'UTC')}\n"
            f"Architectures: {NATIVE}\nComponents: main\nSHA256:\n"
            f" {sums[0]} {len(index.encode())} {sums[1]}\n",
            encoding="utf-8",
        )
        self._sources.append(f"deb [trusted=yes] file:{self.root}/archive {suite} main\n")
        (self.root / "etc/apt/sources.list").write_text("".join(self._sources), encoding="utf-8")

    def pin(self, text: str) -> None:
        (self.root / "etc/apt/preferences.d/test").write_text(text, encoding="utf-8")

    def apt(self, *args: str) -> str:
        environment = {**os.environ, "APT_CONFIG": str(self.config), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            args, env=environment, check=True, capture_output=True, text=True
        ).stdout

    def update(self) -> None:
        self.apt("apt-get", "-q", "update")

    def upgradable(self) -> set[str]:
        """What `apt list --upgradable` names."""
        listed = self.apt("apt", "list", "--upgradable").splitlines()
        return {line.partition("/")[0] for line in listed if "[upgradable from" in line}


def _stanza(name: str, version: str, arch: str, status: str | None) -> str:
    state = f"Status: {status}\n" if status else ""
    return (
        f"Package: {name}\n{state}Architecture: {arch}\nVersion: {version}\n"
        f"Maintainer: Test <test@example.test>\nDescription: {name}\n"
    )


class InRoot(RealHost):
    """This machine with its state and apt's settings taken from elsewhere, and apt told so."""

    PLACES = (
        "/var/",
        "/etc/apt/",
        "/etc/machine-id",
        "/etc/systemd/",
        "/run/",
        "/usr/bin/unattended",
        "/usr/lib/systemd",
    )

    def __init__(self, debian: Debian) -> None:
        super().__init__(current_system())
        self._debian = debian

    def _path(self, path: str) -> str:
        return f"{self._debian.root}{path}" if path.startswith(self.PLACES) else path

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        config = {**(env or {}), "APT_CONFIG": str(self._debian.config)}
        return super().run(tool, *args, timeout_s=timeout_s, env=config, heard=heard)

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        return super().read(self._path(path), limit)

    def listdir(self, path: str) -> tuple[str, ...]:
        return super().listdir(self._path(path))

    def stat(self, path: str) -> FileStat | None:
        return super().stat(self._path(path))
