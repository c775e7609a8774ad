"""Fixtures that several parts of the tests use."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of plug-ins that only its owner can change, with no parent others can change."""
    if os.geteuid() == 0:
        base = Path("/var/lib/diag-tests")
        base.mkdir(exist_ok=True)
    else:
        base = Path.home() / ".cache" / "diag-tests"
        base.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=base))
    monkeypatch.syspath_prepend(str(directory))
    monkeypatch.setenv("PYTHONPATH", str(directory))
    for name in ("foreign_plugin", "broken_plugin"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield directory
    shutil.rmtree(directory)
