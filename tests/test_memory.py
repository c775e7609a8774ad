"""What is remembered from run to run: small, private, and missed by nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diag.memory import KEPT, SIZE_LIMIT, FileMemory
from diag.model import NO_MEMORY, Memory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "diag" / "memory.json"


def test_what_was_kept_is_recalled_by_the_next_run(path: Path) -> None:
    first = FileMemory(path)
    assert first.recall("a") is None
    first.keep("a", "1")
    assert first.recall("a") == "1"
    first.save()
    assert FileMemory(path).recall("a") == "1"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_new_writes_nothing(path: Path) -> None:
    memory = FileMemory(path)
    memory.recall("a")
    memory.save()
    assert not path.exists()
    memory.keep("a", "1")
    memory.save()
    written = path.stat().st_mtime_ns, path.stat().st_ino
    again = FileMemory(path)
    again.keep("a", "1")
    again.save()
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == written


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"a": 1}', b"\xff\xfe", b'"x"', b"x" * (SIZE_LIMIT + 10)],
)
def test_a_file_that_is_no_memory_is_as_none_and_is_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    memory = FileMemory(path)
    assert memory.recall("a") is None
    memory.keep("a", "1")
    memory.save()
    assert FileMemory(path).recall("a") == "1"


def test_a_place_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    memory = FileMemory(blocked / "memory.json")
    memory.keep("a", "1")
    memory.save()
    assert memory.recall("a") == "1"
    assert blocked.read_text() == "in the way"


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("{}")
    path.parent.mkdir(parents=True)
    path.symlink_to(victim)
    memory = FileMemory(path)
    memory.keep("a", "1")
    memory.save()
    assert victim.read_text() == "{}"


def test_it_stays_small(path: Path) -> None:
    memory = FileMemory(path)
    for number in range(3 * KEPT):
        memory.keep(f"key {number}", "x" * 400)
    memory.keep("long", "x" * 5000)
    memory.save()
    kept = json.loads(path.read_text())
    assert list(kept) == [f"key {number}" for number in range(2 * KEPT, 3 * KEPT)]
    assert path.stat().st_size < SIZE_LIMIT


def test_no_memory_keeps_nothing() -> None:
    memory: Memory = NO_MEMORY
    memory.keep("a", "1")
    memory.save()
    assert memory.recall("a") is None


def test_what_is_forgotten_is_gone_from_the_file(path: Path) -> None:
    first = FileMemory(path)
    for key in ("network.a.portal", "network.b.portal", "status.kind"):
        first.keep(key, "1")
    first.save()
    second = FileMemory(path)
    assert second.forget("network.a.")
    assert not second.forget("network.a.")
    second.save()
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"network.b.portal", "status.kind"}
