"""A device on paper that has these files, registry keys and variables, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from diag.host import FileStat, RegistryKey
from diag.host.base import READ_LIMIT, RegistryValue
from diag.host.recording import Recording
from diag.model import Failed, OsFamily
from tests.support import NOW, PaperHost

RECORDED = Path(__file__).parents[2] / "recorded/browser"

HOMES: dict[OsFamily, dict[str, str]] = {
    "windows": {
        "USERPROFILE": r"C:\Users\hana",
        "LOCALAPPDATA": r"C:\Users\hana\AppData\Local",
        "APPDATA": r"C:\Users\hana\AppData\Roaming",
    },
    "macos": {"HOME": "/Users/hana", "USER": "hana"},
    "linux": {"HOME": "/home/hana"},
}

Content = str | bytes | Failed


class Paper(PaperHost):
    def __init__(
        self,
        os: OsFamily,
        files: Mapping[str, Content] | None = None,
        registry: Mapping[str, Mapping[str, RegistryValue]] | None = None,
        env: Mapping[str, str] | None = None,
        modified: Mapping[str, datetime] | None = None,
    ) -> None:
        recording = Recording(source="a test", os=os, calls=())
        super().__init__(recording, {**HOMES[os], **(env or {})}, set(), False, {})
        self.files = dict(files or {})
        self.keys = dict(registry or {})
        self.modified = dict(modified or {})

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        content = self.files.get(path)
        if content is None:
            raise Failed("tool_missing", "read", path)
        if isinstance(content, Failed):
            raise content
        return (content.encode() if isinstance(content, str) else content)[:limit]

    def listdir(self, path: str) -> tuple[str, ...]:
        below = (
            each.removeprefix(f"{path}/") for each in self.files if each.startswith(f"{path}/")
        )
        names = {each.partition("/")[0] for each in below}
        if not names:
            raise Failed("tool_missing", "list", path)
        return tuple(sorted(names))

    def stat(self, path: str) -> FileStat | None:
        if path not in self.files:
            return None
        when = self.modified.get(path, NOW)
        return FileStat(size=1, modified=when, is_dir=False, owner=0, mode=0o644)

    def registry(self, path: str) -> RegistryKey:
        """In capitals or not, as Windows has it."""
        wanted = path.casefold()
        exact = next((each for each in self.keys if each.casefold() == wanted), None)
        below = (
            each[len(path) + 1 :] for each in self.keys if each.casefold().startswith(f"{wanted}\\")
        )
        names = tuple(dict.fromkeys(each.partition("\\")[0] for each in below))
        if exact is None and not names:
            raise Failed("tool_missing", "read the registry", path)
        return RegistryKey(values=dict(self.keys[exact]) if exact else {}, subkeys=names)

    def now(self) -> datetime:
        return NOW
