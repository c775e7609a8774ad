"""Debian's own adb: its real server without a phone, found running or started for one look."""

from __future__ import annotations

import shutil
import time

import pytest

from checks.phone import own_server
from checks.phone.own_server import tool, used_before
from diag.deadline import Deadline
from diag.model import Failed
from tests.namespaces import needs_root, python_in_namespace
from tests.support import CommandAnswer, replay

pytestmark = [
    needs_root(),
    pytest.mark.skipif(shutil.which("adb") is None, reason="needs adb"),
]

HOME = "mkdir /run/home; export HOME=/run/home"
KEY = f"{HOME}; mkdir $HOME/.android; adb keygen $HOME/.android/adbkey 2>/dev/null"
LOOK = """
import pathlib, psutil, socket, sys, time
from checks.phone import CHECK
from diag.host import real_host
from tests.support import context

def listens():
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", 5037)) == 0

def children():
    return len(psutil.Process().children(recursive=True))

before = listens()
fact = CHECK.collect(real_host(), context(seconds=float(sys.argv[1])))
for _ in range(50):  # it has been asked to end; that takes it a moment
    if before or not children():
        break
    time.sleep(0.1)
files = sorted(each.name for each in pathlib.Path("/run/home").rglob("*") if each.is_file())
print(before, fact.unread, listens(), children(), *files)
"""

END_IT = "import subprocess; subprocess.run(['adb', 'kill-server'], check=True)"


def test_a_server_that_runs_is_asked_and_stays() -> None:
    setup = f"""{KEY}
adb start-server 2>/dev/null"""
    words = python_in_namespace(setup, f"{LOOK}\n{END_IT}", "5").split()
    assert words[:3] == ["True", "no_phone", "True"]


def test_one_of_our_own_is_started_and_ended_again() -> None:
    words = python_in_namespace(KEY, LOOK, "5").split()
    assert words[:4] == ["False", "no_phone", "False", "0"]
    assert set(words[4:]) <= {"adbkey", "adbkey.pub", "adb.5037"}


def test_whoever_never_used_adb_gets_no_server_and_no_key() -> None:
    words = python_in_namespace(HOME, LOOK, "5").split()
    assert words == ["False", "no_phone", "False", "0"]


def test_it_ends_even_where_time_is_short() -> None:
    words = python_in_namespace(KEY, LOOK, "0.8").split()
    assert words[0] == "False"
    assert words[2:4] == ["False", "0"]


# --- where adb is, and what it may do ---


def test_only_the_usual_places_count() -> None:
    sdk = "/home/hanako/Android/Sdk/platform-tools/adb"
    assert tool(replay()) is None
    assert "/usr/bin/adb" in own_server.PLACES["linux"]
    assert sdk in [each.format(home="/home/hanako") for each in own_server.PLACES["linux"]]


@pytest.mark.parametrize(
    ("os", "env", "key"),
    [
        ("linux", {"HOME": "/home/hanako"}, "/home/hanako/.android/adbkey"),
        ("macos", {"HOME": "/Users/hanako"}, "/Users/hanako/.android/adbkey"),
        ("windows", {"USERPROFILE": r"C:\Users\hanako"}, r"C:\Users\hanako\.android\adbkey"),
    ],
)
def test_a_key_of_the_users_own(os: str, env: dict[str, str], key: str) -> None:
    assert not used_before(replay(os=os, env=env, stats={key: None}))  # type: ignore[arg-type]
    assert not used_before(replay(os=os))  # type: ignore[arg-type]


def test_an_adb_that_does_not_start_costs_little() -> None:
    never: dict[tuple[str, ...], CommandAnswer] = {
        ("/usr/bin/adb", "-P", "5037", "nodaemon", "server"): Failed("denied", "run adb")
    }
    connects = {("127.0.0.1", 5037): "ECONNREFUSED"}
    host = replay(commands=never, connects=connects)
    started = time.monotonic()
    with pytest.raises(Failed), own_server.running(host, "/usr/bin/adb", Deadline.after(5)):
        pass
    assert time.monotonic() - started < own_server.START_S + 1
