"""One start of PowerShell for all that ask; what it says survives any code page."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

import pytest
import tree_sitter
import tree_sitter_powershell

from diag.host import NotRecorded, RecordingHost, ReplayHost, powershell
from diag.host.base import Command
from diag.model import Failed
from tests.support import PaperHost, replay, windows_answers

ARGV = ("powershell", *powershell.ARGS, powershell.script())


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
    host = replay(os="windows", commands={ARGV: answer})
    for _ in range(2):
        with pytest.raises(Failed) as raised:
            powershell.ask(host, "routes")
        assert raised.value.failure.code == code


def refused(error: str, *codes: int, root: bool = False) -> str:
    """The code with which a section ends whose line holds this error."""
    line = json.dumps({"section": "routes", "error": error, "codes": codes})
    with pytest.raises(Failed) as raised:
        powershell.ask(replay(os="windows", commands={ARGV: line}, root=root), "routes")
    return raised.value.failure.code


def test_what_needs_administrator_rights_says_so() -> None:
    """Errors as Windows PowerShell names them; a COM object's stands in an inner exception."""
    cim = "HRESULT 0x80041003,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"
    assert refused(cim, -2146233088, 0) == "needs_admin"
    assert refused("System.UnauthorizedAccessException", -2147024891) == "needs_admin"
    assert refused("ComMethodTargetInvocation", -2146233087, -2147024891) == "needs_admin"
    assert refused(cim, -2146233088, 0, root=True) == "denied"


def test_what_a_managed_device_does_not_allow_needs_no_administrator() -> None:
    constrained = "CannotCreateComTypeConstrained,Microsoft.PowerShell.Commands.NewObjectCommand"
    assert refused(constrained, -2146233087, 0) == "unsupported"


def test_names_in_japanese_arrive() -> None:
    """As the script writes them: every character beyond ASCII escaped."""
    said = {"section": "routes", "is": [{"alias": "イーサネット"}]}
    written = json.dumps(said, ensure_ascii=True)
    host = replay(os="windows", commands={ARGV: written + "\r\n"})
    assert powershell.ask(host, "routes") == [{"alias": "イーサネット"}]


def test_lines_that_are_none_of_ours_do_no_harm() -> None:
    banner = 'WARNING: something\r\n[1]\r\n{"section": 1}\r\n\r\n'
    line = json.dumps({"section": "routes", "is": []})
    host = replay(os="windows", commands={ARGV: banner + line + "\r\n{half"})
    assert powershell.ask(host, "routes") == []


class Pieces(PaperHost):
    """Tells its output piece by piece, then is killed: as PowerShell at its deadline."""

    pieces: tuple[bytes, ...] = ()
    goes_on = threading.Event()

    def run(self, tool: str, *args: str, **options: Any) -> Command:
        del args
        for piece in self.pieces:
            options["heard"](piece)
        self.goes_on.wait(5)
        raise Failed("timeout", f"run {tool}")


def in_pieces(*pieces: bytes) -> Pieces:
    host = replay(os="windows")
    host.__class__ = Pieces
    assert isinstance(host, Pieces)
    host.pieces, host.goes_on = pieces, threading.Event()
    return host


def test_slow_section_delays_nobody_else() -> None:
    host = in_pieces(b'{"section": "rou', b'tes", "is": [1]}\r\n{"section": "adapters"')
    assert powershell.ask(host, "routes") == [1]
    with pytest.raises(Failed, match="powershell adapters: timeout"):
        powershell.ask(host, "adapters", timeout_s=0.01)
    host.goes_on.set()
    with pytest.raises(Failed, match="run powershell: timeout"):
        powershell.ask(host, "adapters")
    assert powershell.ask(host, "routes") == [1], "what was said before the end stays"


def test_sections_that_a_killed_powershell_answered_are_recorded() -> None:
    host = in_pieces(b'{"section": "routes", "is": [1]}\r\n')
    host.goes_on.set()
    recorder = RecordingHost(host)
    assert powershell.ask(recorder, "routes") == [1]
    with pytest.raises(Failed, match="timeout"):
        powershell.ask(recorder, "adapters")
    again = ReplayHost(recorder.recording("a test"))
    assert powershell.ask(again, "routes") == [1]
    with pytest.raises(Failed, match="timeout"):
        powershell.ask(again, "adapters")


def test_what_a_collector_may_not_ask_on_paper_is_told_to_the_asker() -> None:
    with pytest.raises(NotRecorded):
        powershell.ask(replay(os="windows"), "routes")


def test_script_is_one_line_that_needs_no_quoting() -> None:
    text = powershell.script()
    assert '"' not in text
    assert "\n" not in text
    assert text.isascii()
    assert len(text) < 20_000  # CreateProcess takes 32,767 in all
    assert text.count("{") == text.count("}")
    assert text.count("(") == text.count(")")
    assert text.replace("''", "").count("'") % 2 == 0


WINRT_TYPE = re.compile(r"\[([\w.]+),[\w.]+,ContentType=WindowsRuntime\]")
"""Valid, but unknown to the grammar."""


def well_formed(script: str) -> bool:
    """By PowerShell's grammar as tree-sitter has it; there is no PowerShell on this machine."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    return not parser.parse(WINRT_TYPE.sub(r"[\1]", script).encode()).root_node.has_error


def test_script_is_well_formed() -> None:
    script = powershell.script()
    assert well_formed(script)
    assert not well_formed(script[: script.rindex("}")])
    assert not well_formed(script.replace(" catch ", " ", 1))
    assert not well_formed(script.replace("'", "", 1))


@pytest.mark.parametrize("section", powershell.SECTIONS)
def test_section_is_one_expression(section: str) -> None:
    assert well_formed(f"$out = @{{ is = {powershell.SECTIONS[section]} }}")


OUTSIDE_TEXT = re.compile(r"'(?:[^']|'')*'")
TYPES = {"bool", "char", "datetime", "int", "long", "string"}
"""Types that constrained language mode knows (about_Language_Modes)."""
METHODS = {"ToString", "ToUniversalTime"}
"""Of strings and instants; a method of anything else is refused there."""


WINRT = {"wifi"}
"""Sections that ask a class of WinRT, which constrained language mode refuses: not known then."""


def test_the_one_class_that_is_asked_is_the_network_information_of_winrt() -> None:
    text = powershell.SECTIONS["wifi"]
    assert text.count("::") == 2
    assert re.findall(r"= \[(\w[\w.]*),", text) == [
        "Windows.Networking.Connectivity.NetworkInformation"
    ]


@pytest.mark.parametrize("section", sorted(set(powershell.SECTIONS) - WINRT))
def test_section_keeps_to_what_a_managed_device_allows(section: str) -> None:
    """By rule: no .NET class, no static member, no method of an object, nothing that changes or
    asks for more than this device has."""
    code = OUTSIDE_TEXT.sub("''", powershell.SECTIONS[section])
    assert "::" not in code
    assert set(re.findall(r"\[(\w[\w.]*)\]", code)) <= TYPES
    assert set(re.findall(r"[$)\w\]]\.(\w+)\(", code)) <= METHODS | COM_METHODS.get(section, set())
    cmdlets = set(re.findall(r"\b[A-Z][a-z]+-[A-Z]\w+", code))
    assert {each.partition("-")[0] for each in cmdlets} <= {
        "Get", "Where", "ForEach", "Select", "Sort", "Measure", "Test", "New",
    }  # fmt: skip
    assert {each for each in cmdlets if each.startswith("New-")} <= {"New-Object"}
    assert "Add-Type" not in code
    assert "Invoke-" not in code


COM_METHODS = {
    "disk_encryption": {"NameSpace", "ExtendedProperty"},
    "update_agent": {"CreateUpdateSearcher", "GetTotalHistoryCount", "QueryHistory"},
    "updates": {"CreateUpdateSearcher", "Search"},
}
"""Methods of COM objects, which constrained language mode does not even let one create: such a
section is then not known."""
