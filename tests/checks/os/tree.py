"""A device that is a directory: its files are real ones there, its commands recorded answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from diag.host.base import READ_LIMIT, Command, FileStat
from diag.host.real import RealHost
from diag.host.system import current_system
from diag.memory import LENGTH_LIMIT
from diag.model import Failed
from tests.support import NOW, CommandAnswer


class Tree(RealHost):
    """Every path is one below `root`; a command that has no answer is not installed."""

    def __init__(
        self,
        root: Path,
        commands: Mapping[tuple[str, ...], CommandAnswer] | None = None,
        as_root: bool = False,
    ) -> None:
        super().__init__(current_system())
        self._root = root
        self.commands = dict(commands or {})
        self._as_root = as_root
        self.ran: list[tuple[str, ...]] = []

    def put(self, path: str, text: str = "", at: datetime = NOW) -> None:
        """A file, as if written at that time."""
        place = Path(self._place(path))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        os.utime(place, (at.timestamp(), at.timestamp()))

    def link(self, path: str, target: str) -> None:
        place = Path(self._place(path))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    def _place(self, path: str) -> str:
        return f"{self._root}{path}"

    def is_root(self) -> bool:
        return self._as_root

    def now(self) -> datetime:
        return NOW

    def which(self, tool: str) -> str | None:
        known = {argv[0] for argv in self.commands}
        return f"/usr/bin/{tool}" if tool in known else None

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,  # noqa: ARG002
        env: Mapping[str, str] | None = None,  # noqa: ARG002
        heard: Callable[[bytes], None] | None = None,  # noqa: ARG002
    ) -> Command:
        assert self._system.candidates(tool), f"{tool} is not in the list of tools"
        self.ran.append((tool, *args))
        answer = self.commands.get((tool, *args), Failed("tool_missing", f"run {tool}"))
        if isinstance(answer, Failed):
            raise answer
        code, out, err = (0, answer, "") if isinstance(answer, str) else answer
        return Command(
            argv=(f"/usr/bin/{tool}", *args),
            returncode=code,
            stdout=out if isinstance(out, bytes) else out.encode(),
            stderr=err if isinstance(err, bytes) else err.encode(),
            took_s=0.0,
        )

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        return super().read(self._place(path), limit)

    def listdir(self, path: str) -> tuple[str, ...]:
        return super().listdir(self._place(path))

    def stat(self, path: str) -> FileStat | None:
        return super().stat(self._place(path))


class Kept:
    """A memory that outlives a run, as the file does."""

    def __init__(self) -> None:
        self.things: dict[str, str] = {}

    def recall(self, key: str) -> str | None:
        return self.things.get(key)

    def keep(self, key: str, value: str) -> None:
        assert max(len(key), len(value)) <= LENGTH_LIMIT
        self.things[key] = value

    def save(self) -> None:
        """Kept already."""
