"""A device whose files are in a directory of the test: real tools install there, and the collectors
look there, as if it were the whole device."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checks.app.installed import Looked, look
from diag.app_profile import Install, LinuxInstall
from diag.deadline import Deadline
from diag.host import Command, FileStat
from diag.host.real import RealHost
from diag.host.system import current_system

HOME = "/home/taro"


def needs(*tools: str) -> pytest.MarkDecorator:
    """Skips where a tool is not installed; in CI it does not skip but fails."""
    missing = [tool for tool in tools if shutil.which(tool) is None and "CI" not in os.environ]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


class Device(RealHost):
    """This machine, with everything that is read taken from a directory."""

    def __init__(self, root: Path, env: Mapping[str, str] | None = None) -> None:
        super().__init__(current_system())
        self.root = root
        self.env = {"HOME": HOME, **(env or {})}
        root.joinpath(HOME.lstrip("/")).mkdir(parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        return self.root / HOME.lstrip("/")

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def do(self, *argv: str | Path, **env: str) -> str:
        """Runs a tool that puts something there."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **env}
        done = subprocess.run(
            [str(each) for each in argv],
            env=environment,
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, f"{argv}\n{done.stdout}{done.stderr}"
        return done.stdout

    def look(self, **linux: object) -> tuple[Looked, ...]:
        install = Install(linux=LinuxInstall(**linux))  # type: ignore[arg-type]
        return look(self, install, Deadline.after(5))

    def getenv(self, name: str) -> str | None:
        return self.env.get(name)

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        return super().read_part(self._there(path), start, limit)

    def listdir(self, path: str) -> tuple[str, ...]:
        return super().listdir(self._there(path))

    def stat(self, path: str) -> FileStat | None:
        return super().stat(self._there(path))

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        if tool == "rpm":
            args = ("--dbpath", f"{self.root}/var/lib/rpm", *args)
        return super().run(tool, *args, timeout_s=timeout_s, env=env, heard=heard)

    def _there(self, path: str) -> str:
        return f"{self.root}{path}"
