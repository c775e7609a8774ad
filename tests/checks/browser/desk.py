"""A desk with a browser for tests: a home directory and files of its own, and real browsers
that are started there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from checks.browser import CHECK
from checks.browser.facts import BrowserFact
from diag.host import FileStat
from diag.host.base import READ_LIMIT
from diag.host.real import RealHost
from diag.host.system import current_system
from diag.model import Failed
from tests.support import NOW, context, profile_from

VISIT = Path(__file__).with_name("visit.py")
HOST = "login.app.test"
PROFILE = profile_from({"endpoint": [{"id": "login", "url": f"http://{HOST}/", "role": "login"}]})
ENTRIES = {"chromium": "chromium.desktop", "firefox": "firefox-esr.desktop"}
PROGRAMS = {"chromium": "chromium", "firefox": "firefox-esr"}
TIMEOUT_S = 60
PATIENCE_S = 30


def needs(family: str) -> pytest.MarkDecorator:
    """Skips where the browser is missing, or the right to make namespaces; in CI it fails."""
    there = shutil.which(PROGRAMS[family]) is not None and os.geteuid() == 0
    return pytest.mark.skipif(
        not there and "CI" not in os.environ, reason=f"{family} in a namespace needs it and root"
    )


class Desk(RealHost):
    """This machine, with the files of `files` in place of its own and nothing of its environment
    but HOME."""

    def __init__(self, home: Path, files: Mapping[str, str] | None = None) -> None:
        super().__init__(current_system())
        self.home = home
        self.files = dict(files or {})

    def getenv(self, name: str) -> str | None:
        return str(self.home) if name == "HOME" else None

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        if path in self.files:
            return self.files[path].encode()[:limit]
        return super().read(path, limit)

    def listdir(self, path: str) -> tuple[str, ...]:
        own = {
            each.removeprefix(f"{path}/").partition("/")[0]
            for each in self.files
            if each.startswith(f"{path}/")
        }
        try:
            return tuple(sorted(own.union(super().listdir(path))))
        except Failed:
            if not own:
                raise
            return tuple(sorted(own))

    def stat(self, path: str) -> FileStat | None:
        if path in self.files:
            size = len(self.files[path].encode())
            return FileStat(size=size, modified=NOW, is_dir=False, owner=0, mode=0o644)
        return super().stat(path)

    def choose(self, family: str) -> None:
        """Make this the default browser, as xdg-settings does."""
        place = self.home / ".config"
        place.mkdir(exist_ok=True)
        text = f"[Default Applications]\nx-scheme-handler/https={ENTRIES[family]};\n"
        (place / "mimeapps.list").write_text(text)

    def visit(self, family: str, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Open the login page with the real browser; what reached the server."""
        argv = ["unshare", "--net", "--mount", sys.executable, str(VISIT)]
        done = subprocess.run(
            [*argv, family, str(self.home), json.dumps(self.files), str(patience_s)],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return seen

    def look(self) -> BrowserFact:
        """What the check learns here."""
        return CHECK.collect(self, context(PROFILE))
