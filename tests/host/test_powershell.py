"""One start of PowerShell for all that ask; what it says survives any code page."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from diag.host import powershell
from diag.host.base import Command
from diag.model import Failed
from tests.support import PaperHost, replay, windows_answers


class Counting(PaperHost):
    """Counts the starts; a start takes until it is let go."""

    started = 0
    let_go = threading.Event()

    def run(self, tool: str, *args: str, **options: Any) -> Command:
        self.started += 1
        self.let_go.wait(5)
        return super().run(tool, *args, **options)


def test_all_who_ask_share_one_start() -> None:
    host = replay(os="windows", commands=windows_answers(routes=[{"index": 7}], neighbors=[]))
    host.__class__ = Counting
    assert isinstance(host, Counting)
    said: list[Any] = []
    askers = [
        threading.Thread(target=lambda name=name: said.append(powershell.ask(host, name)))
        for name in ("routes", "neighbors", "routes")
    ]
    for asker in askers:
        asker.start()
    host.let_go.set()
    for asker in askers:
        asker.join(5)
    assert host.started == 1
    assert sorted(said, key=len) == [[], [{"index": 7}], [{"index": 7}]]


def test_section_that_failed_is_not_known_and_the_others_are() -> None:
    host = replay(os="windows", commands=windows_answers(routes=[]))
    assert powershell.ask(host, "routes") == []
    with pytest.raises(Failed, match="powershell adapters: unsupported"):
        powershell.ask(host, "adapters")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Failed("timeout", "run powershell"), "timeout"),
        (Failed("tool_missing", "run powershell"), "tool_missing"),
        ((1, "", "not allowed"), "unparsable"),
        ("{}", "unsupported"),
    ],
)
def test_what_cannot_be_asked_is_a_failure_each_time(answer: Any, code: str) -> None:
    argv = ("powershell", *powershell.ARGS, powershell.script())
    host = replay(os="windows", commands={argv: answer})
    for _ in range(2):
        with pytest.raises(Failed) as raised:
            powershell.ask(host, "routes")
        assert raised.value.failure.code == code


def test_names_in_japanese_arrive() -> None:
    """As the script writes them: every character beyond ASCII escaped."""
    written = json.dumps({"routes": {"is": [{"alias": "イーサネット"}]}}, ensure_ascii=True)
    argv = ("powershell", *powershell.ARGS, powershell.script())
    host = replay(os="windows", commands={argv: written + "\r\n"})
    assert powershell.ask(host, "routes") == [{"alias": "イーサネット"}]


def test_script_is_one_line_that_needs_no_quoting() -> None:
    text = powershell.script()
    assert '"' not in text
    assert "\n" not in text
    assert len(text) < 8000  # CreateProcess takes 32,767
    assert "[System." not in text  # refused in constrained language mode
    assert "::" not in text.replace("'::/0'", "").replace("'::/1'", "").replace("'8000::/1'", "")
