"""What somebody reads whose app does not work on a phone: all of diag, with a played phone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.checks.phone.adb_server import LISTED, SERIAL, answers_of
from tests.checks.phone.phones import RECORDED
from tests.cli.diag_process import DIAG, diag, environment, without_network
from tests.namespaces import ROOT

SERVER = "tests.checks.phone.adb_server"
GALAXY = RECORDED / "galaxy-android12.txt"
PIXEL = RECORDED / "pixel-android14.txt"

APP = """
schema = 1
[app]
id = "example"
name = { en = "Example", ja = "エグザンプル" }
minimum_version = "2.0"
[install]
android = { package = "test.app.example" }
[permissions]
needs = ["camera", "notifications"]
"""
ONLY = ("--on", "phone", "--only", "*.phone")


def profile(home: Path, more: str) -> Path:
    path = home / "example.toml"
    path.write_text(APP + more, encoding="utf-8")
    return path


class Told(Struct):
    code: int
    text: str
    asked: list[str]


def run(home: Path, phone: Path, *arguments: str, listing: str = LISTED, more: str = "") -> Told:
    """diag and the phone in one network namespace, with nothing else in it."""
    notes = home / "asked.json"
    diag = (*DIAG, "run", "--app", str(profile(home, more)), "--no-save", *arguments)
    done = subprocess.run(
        without_network(
            (sys.executable, "-m", SERVER, str(phone), listing, str(notes), *diag),
        ),
        env=environment(home, PYTHONPATH=str(ROOT)),
        cwd=home,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == b""
    asked = json.loads(notes.read_bytes())
    return Told(done.returncode, done.stdout.decode(), asked)


def report(home: Path, phone: Path, *arguments: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(
        run(home, phone, *ONLY, "--format", "json", *arguments).text
    )
    return decoded


def test_the_phones_fault_is_no_note(tmp_path: Path) -> None:
    """This PC's own faults are, while the trouble is on the phone."""
    found = report(tmp_path, GALAXY, "--symptom", "login")
    assert found["verdict"]["where"] == "device"
    assert found["verdict"]["cause"] == "phone.private_dns"
    assert found["verdict"]["headline"].startswith("The fault is on the phone.")
    assert found["remedies"][0]["code"] == "phone.private_dns_automatic"
    severities = {each["code"]: each["severity"] for each in found["causes"]}
    assert severities["phone.app_outdated"] == "problem"
    assert severities["phone.system_old"] == "warning"
    assert severities["phone.app_permission"] == "warning"


def test_nothing_of_whose_phone_it_is_gets_out(tmp_path: Path) -> None:
    text = json.dumps(report(tmp_path, GALAXY))
    for private in (SERIAL, "HANAKO", "192.168.10", "dns.example.net", "fe80"):
        assert private not in text


def test_a_healthy_phone(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    fresh = {"date": str(int(now.timestamp())), "patch": now.date().replace(day=1).isoformat()}
    answers = answers_of(PIXEL) | fresh
    path = tmp_path / "pixel.txt"
    path.write_text("".join(f"== {name}\n{said}\n" for name, said in answers.items()))
    told = run(tmp_path, path, *ONLY, "--lang", "en")
    assert told.code == 0
    assert "No problem found so far. Only this was looked at:" in told.text
    assert "3 fine" in told.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Look at these settings on the phone"), ("ja", "スマートフォンで、次の設定を確かめる")],
)
def test_a_phone_that_is_not_there_leaves_a_list_of_where_to_look(
    tmp_path: Path, language: str, words: str
) -> None:
    told = run(tmp_path, PIXEL, *ONLY, "--lang", language, listing="")
    assert told.code == 3, "nothing was looked at, so nothing is called fine"
    for each in (words, "Android:", "iPhone:"):
        assert each in told.text


def test_nobody_is_asked_to_let_this_pc_in(tmp_path: Path) -> None:
    locked = f"{SERIAL}  unauthorized usb:1-4 transport_id:1"
    told = run(tmp_path, PIXEL, *ONLY, "--lang", "en", listing=locked)
    words = " ".join(told.text.split())
    assert "has not allowed this PC to read it. There is no need to." in words
    assert "iPhone:" not in words


def test_without_the_phone_nothing_is_asked_of_it(tmp_path: Path) -> None:
    told = run(tmp_path, GALAXY, "--only", "device*", "--format", "json")
    results = {each["check"]: each for each in json.loads(told.text)["results"]}
    assert results["device.phone"]["status"] == "not_applicable"
    assert results["device.phone"]["reason"] == "elsewhere"
    assert told.asked == []


def test_to_look_at_the_phone_alone_takes_saying_so(tmp_path: Path) -> None:
    done = diag(tmp_path, "run", "--only", "*.phone", "--no-save")
    assert done.returncode == 2
    assert "--on phone" in done.stderr.decode()


def test_a_report_of_a_phone_can_be_diagnosed_again(tmp_path: Path) -> None:
    first = report(tmp_path, GALAXY, "--symptom", "login")
    path = tmp_path / "report.json"
    path.write_text(json.dumps(first), encoding="utf-8")
    done = diag(tmp_path, "replay", str(path), "--format", "json")
    again = json.loads(done.stdout)
    for key in ("verdict", "causes", "remedies"):
        assert again[key] == first[key]


LOCKED = """
[account]
[[known_error]]
pattern = "E-1203"
cause = "account.locked"
"""


def test_the_list_stands_beside_a_guess_about_the_account(tmp_path: Path) -> None:
    """Where nothing proves the guess, to look at the phone is worth its lines."""
    only = ("--only", "account", "--error", "E-1203", "--lang", "en")
    told = run(tmp_path, PIXEL, *ONLY, *only, listing="", more=LOCKED)
    assert told.code == 1
    assert "The phone could not be looked at from this PC." in told.text
    assert "Look at these settings on the phone" in told.text
    assert "date and time automatic?" in told.text
