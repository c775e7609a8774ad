"""No check starts anything but the tools of its system's list, by absolute path.

Held in two ways: the sources are read for every place that starts something, and every check is
run on a device of each system that has any tool one asks for and notes what was started.
"""

from __future__ import annotations

import ast
import errno
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from diag import registry
from diag.deadline import Deadline
from diag.host.base import (
    READ_LIMIT,
    Command,
    FileStat,
    Interface,
    InterfaceAddress,
    MemoryUse,
    RegistryKey,
    ResolvedAddress,
    ResolveError,
    Volume,
)
from diag.host.linux import LinuxSystem
from diag.host.macos import MacosSystem
from diag.host.windows import TOOLS as WINDOWS_TOOLS
from diag.model import Answers, Failed, KnownNetwork, OsFamily
from diag.observe import observe
from tests.support import NOW, profile_from

SOURCES = Path(__file__).parent.parent / "checks"
FAMILIES: tuple[OsFamily, ...] = ("linux", "macos", "windows")
TOOLS: dict[OsFamily, frozenset[str]] = {
    "linux": LinuxSystem.tools,
    "macos": MacosSystem.tools,
    "windows": frozenset(WINDOWS_TOOLS),
}
INSTALLED_BY_PEOPLE = frozenset({"idevice_id", "ideviceinfo"})
"""Looked for in the fixed directories of apps too; as root only if root owns them."""
APPS_COMMAND = "example-app"
"""Named by the profile: the one exception."""

STARTING = {"subprocess", "pty", "multiprocessing", "asyncio.subprocess", "_posixsubprocess"}
STARTING_CALLS = ("system", "popen", "exec", "spawn", "posix_spawn", "startfile", "fork")
CHOSEN_ELSEWHERE = {
    "app/installed/command.py": (APPS_COMMAND,),
    "phone/own_server.py": ("/usr/bin/adb",),
}
"""Where the name is the profile's, or one of a list of absolute paths."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield str(path.relative_to(SOURCES)), ast.parse(path.read_text(encoding="utf-8"))


def test_no_check_starts_anything_by_itself() -> None:
    wrong = []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                wrong += [(name, each.name) for each in node.names if each.name in STARTING]
            elif isinstance(node, ast.ImportFrom) and (node.module or "") in STARTING | {"os"}:
                wrong += [(name, str(node.module))]
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "os"
                and node.attr.startswith(STARTING_CALLS)
            ):
                wrong += [(name, node.attr)]
    assert wrong == []


def starts(tree: ast.Module) -> Iterator[ast.expr]:
    """The first argument of everything that is called `run` or `which` of a host."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of = node.func.value
        host = isinstance(of, ast.Name) and of.id == "host"
        host = host or (isinstance(of, ast.Attribute) and of.attr in ("host", "_host"))
        if host and node.func.attr in ("run", "which"):
            yield node.args[0]


def names_in(expression: ast.expr, tree: ast.Module) -> set[str] | None:
    """What a tool's name can be: a literal, or a name that is only ever given literals."""
    if isinstance(expression, ast.Constant):
        return {str(expression.value)}
    if isinstance(expression, ast.IfExp):
        first, second = names_in(expression.body, tree), names_in(expression.orelse, tree)
        return None if first is None or second is None else first | second
    if not isinstance(expression, ast.Name):
        return None
    given: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == expression.id for each in node.targets
        ):
            given.append(node.value)
        elif isinstance(node, ast.FunctionDef):
            given += handed_over(node, expression.id, tree)
    found = [names_in(each, tree) for each in given if not is_itself(each, expression.id)]
    if not found or any(each is None for each in found):
        return None
    return set().union(*(each or set() for each in found))


def is_itself(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name


def handed_over(function: ast.FunctionDef, name: str, tree: ast.Module) -> list[ast.expr]:
    """What callers in this module give for a parameter."""
    parameters = [each.arg for each in function.args.args]
    if name not in parameters:
        return []
    place = parameters.index(name)
    return [
        call.args[place]
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == function.name
        and len(call.args) > place
    ]


def test_every_tool_in_the_sources_is_in_a_list() -> None:
    known = frozenset().union(*TOOLS.values()) | INSTALLED_BY_PEOPLE
    seen: set[str] = set()
    wrong = []
    for name, tree in trees():
        for expression in starts(tree):
            if name in CHOSEN_ELSEWHERE:
                continue
            tools = names_in(expression, tree)
            if tools is None or not tools <= known:
                wrong.append((name, expression.lineno, tools))
            seen |= tools or set()
    assert wrong == []
    assert {"apt-cache", "dnf5", "zypper", "pacman", "apk", "rpm-ostree", "bootc"} <= seen


class Willing:
    """A device that has every tool, each of which says nothing; and nothing else."""

    def __init__(self, family: OsFamily, answers: bool, root: bool) -> None:
        self._family = family
        self._answers = answers
        self._root = root
        self.started: set[str] = set()

    @property
    def family(self) -> OsFamily:
        return self._family

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,  # noqa: ARG002
        env: Mapping[str, str] | None = None,  # noqa: ARG002
        heard: Callable[[bytes], None] | None = None,  # noqa: ARG002
    ) -> Command:
        self.started.add(tool)
        if not self._answers:
            raise Failed("tool_missing", f"run {tool}")
        return Command(argv=(tool, *args), returncode=0, stdout=b"", stderr=b"", took_s=0.0)

    def which(self, tool: str) -> str | None:
        return tool if tool.startswith("/") else f"/usr/bin/{tool}"

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:  # noqa: ARG002
        raise Failed("tool_missing", "read", path)

    def read_part(self, path: str, start: int, limit: int) -> bytes:  # noqa: ARG002
        raise Failed("tool_missing", "read", path)

    def listdir(self, path: str) -> tuple[str, ...]:
        raise Failed("tool_missing", "list", path)

    def stat(self, path: str) -> FileStat | None:  # noqa: ARG002
        return None

    def getenv(self, name: str) -> str | None:  # noqa: ARG002
        return None

    def now(self) -> datetime:
        return NOW

    def zone(self) -> str:
        return "UTC"

    def is_root(self) -> bool:
        return self._root

    def known_networks(self) -> tuple[KnownNetwork, ...]:
        return ()

    def uptime_s(self) -> float:
        return 3600.0

    def volume(self, path: str) -> Volume:
        raise Failed("tool_missing", "look at a volume", path)

    def memory(self) -> MemoryUse:
        raise Failed("unsupported", "look at memory")

    def processes(self) -> tuple[str, ...]:
        return ()

    def interfaces(self) -> tuple[Interface, ...]:
        address = InterfaceAddress(family="ipv4", address="192.0.2.7", prefix=24)
        return (Interface(name="eth0", up=True, mtu=1500, addresses=(address,)),)

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:  # noqa: ARG002
        raise ResolveError("EAI_AGAIN", 0.0)

    def connect(self, *args: Any, **options: Any) -> Any:  # noqa: ARG002
        raise OSError(errno.ENETUNREACH, "unreachable")

    def exchange(self, *args: Any, **options: Any) -> bytes:  # noqa: ARG002
        raise OSError(errno.ENETUNREACH, "unreachable")

    def dbus(self, *args: Any, **options: Any) -> tuple[object, ...]:  # noqa: ARG002
        raise Failed("tool_missing", "ask the bus")

    def registry(self, path: str) -> RegistryKey:
        if self._family != "windows":
            raise Failed("unsupported", "read the registry")
        raise Failed("tool_missing", "read the registry", path)

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:  # noqa: ARG002
        raise Failed("unsupported", "follow the proxy script")


RELEASES = {
    "debian": "ID=debian\nVERSION_ID=12\n",
    "fedora": "ID=fedora\nVERSION_ID=44\n",
    "opensuse": "ID=opensuse-leap\nID_LIKE=suse\nVERSION_ID=16.0\n",
    "arch": "ID=arch\n",
    "alpine": "ID=alpine\nVERSION_ID=3.24\n",
}


class Distribution(Willing):
    """A Linux of one kind, with lists of packages enough to be asked about."""

    def __init__(self, name: str, answers: bool, root: bool) -> None:
        super().__init__("linux", answers, root)
        self._name = name

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        if path == "/etc/os-release":
            return RELEASES[self._name].encode()
        if path == "/var/lib/dpkg/status":
            return b"Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\n"
        return super().read(path, limit)

    def listdir(self, path: str) -> tuple[str, ...]:
        names = {
            "/var/lib/apt/lists": ("m.example_Packages",),
            "/var/lib/pacman/sync": ("core.db",),
            "/var/cache/apk": ("APKINDEX.1.tar.gz",),
            "/var/cache/zypp/raw": ("oss",),
            "/var/cache/zypp/solv": ("oss",),
        }
        return names[path] if path in names else super().listdir(path)

    def stat(self, path: str) -> FileStat | None:
        listed = path.endswith((".db", ".tar.gz", "repomd.xml"))
        there = FileStat(size=1, modified=NOW, is_dir=False, owner=0, mode=0o644)
        return there if listed else super().stat(path)


PROFILE = profile_from(
    {
        "endpoint": [{"id": "login", "url": "https://login.app.test/", "role": "login"}],
        "install": {
            "windows": {"uninstall_name": "Example", "msix": "Vendor.Example"},
            "macos": {"bundle_id": "test.app.example"},
            "linux": {
                "dpkg": "example",
                "rpm": "example",
                "pacman": "example",
                "flatpak": "test.app.Example",
                "snap": "example",
                "command": [APPS_COMMAND, "--version"],
            },
            "android": {"package": "test.app.example"},
            "ios": {"bundle_id": "test.app.example"},
        },
        "permissions": {"needs": ["camera", "notifications"]},
    }
)


@pytest.mark.parametrize("root", [False, True], ids=["user", "root"])
@pytest.mark.parametrize("answers", [False, True], ids=["missing", "silent"])
@pytest.mark.parametrize("family", FAMILIES)
def test_what_the_checks_start(family: OsFamily, answers: bool, root: bool) -> None:
    hosts: list[Willing] = [Willing(family, answers, root)]
    if family == "linux":
        hosts = [Distribution(name, answers, root) for name in RELEASES]
    checks = list(registry.load().checks.values())
    started: set[str] = set()
    for host in hosts:
        for answer in (Answers(), Answers(symptom="login", device="phone")):
            observe(host, checks, PROFILE, answer, Deadline.after(5))
        started |= host.started
    listed = TOOLS[family] | INSTALLED_BY_PEOPLE | {APPS_COMMAND}
    assert {tool for tool in started if not absolute(tool)} <= listed
    assert started


def absolute(tool: str) -> bool:
    return tool.startswith("/") or tool[1:3] == ":\\"


def test_the_lists_are_absolute_paths() -> None:
    for system in (LinuxSystem(), MacosSystem()):
        for tool in system.tools:
            assert all(path.startswith("/") for path in system.candidates(tool))
    assert all(not Path(path).is_absolute() for each in WINDOWS_TOOLS.values() for path in each)
