"""The report as others get it: on stdout, in a file, from the history, in either language."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from diag import registry
from tests.cli.diag_process import diag

RUN = ("run", "--app", "promise", "--symptom", "login")


def report_of(home: Path, *arguments: str) -> dict[str, Any]:
    done = diag(home, *arguments)
    assert done.stderr == b"", done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def conclusions(report: dict[str, Any]) -> dict[str, Any]:
    """What a replay has to come to again."""
    return {
        "verdict": [report["verdict"][key] for key in ("where", "confidence", "cause")],
        "causes": [
            (each["code"], each["subjects"], each["severity"], each["confidence"], each["explains"])
            for each in report["causes"]
        ],
        "remedies": [each["code"] for each in report["remedies"]],
        "results": [
            (each["check"], each["status"], each["reason"], each["because"])
            for each in report["results"]
        ],
    }


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_json_report_fits_its_schema_and_no_check_is_missing(
    tmp_path: Path, language: str
) -> None:
    report = report_of(tmp_path, *RUN, "--format", "json", "-o", "-", "--lang", language)
    schema = json.loads(diag(tmp_path, "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(report)
    assert [each["check"] for each in report["results"]] == list(registry.load().checks)
    assert report["language"] == language
    for name in registry.load().checks:
        assert name in schema["$defs"]["Snapshot"]["properties"]["observations"]["properties"]


def test_the_schema_refuses_what_is_no_report(tmp_path: Path) -> None:
    schema = json.loads(diag(tmp_path, "schema").stdout)
    report = report_of(tmp_path, "run", "--offline", "--format", "json")
    report["verdict"]["where"] = "elsewhere"
    with pytest.raises(jsonschema.ValidationError, match="elsewhere"):
        jsonschema.validate(report, schema)


def test_a_file_is_for_its_owner_only_and_redacted(tmp_path: Path) -> None:
    done = diag(tmp_path, *RUN, "-o", "report.json", env={"HTTPS_PROXY": "http://10.1.2.3:3128"})
    assert done.returncode == 1
    assert done.stdout == b""
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600
    text = (tmp_path / "report.json").read_text()
    assert "10.1.2.3" not in text
    assert json.loads(text)["redaction"]


def test_private_leaves_it_as_it_is(tmp_path: Path) -> None:
    proxy = {"HTTPS_PROXY": "http://user:hunter2@10.1.2.3:3128"}
    report = diag(tmp_path, *RUN, "--format", "json", "--private", env=proxy).stdout.decode()
    assert "10.1.2.3" in report
    assert "hunter2" not in report, "a password never reaches a fact"


def test_replay_without_profile_home_and_network_says_the_same(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    (here / "app.toml").write_text(
        'schema = 1\n[app]\nid = "x"\nname = { en = "X" }\n'
        '[[endpoint]]\nid = "login"\nurl = "https://127.0.0.1:9/"\nrole = "login"\n'
    )
    diag(here, "run", "--app", "app.toml", "--symptom", "login", "-o", "report.json")
    first = json.loads((here / "report.json").read_text())
    (here / "report.json").rename(elsewhere / "report.json")
    (here / "app.toml").unlink()
    again = report_of(elsewhere, "replay", "report.json", "--format", "json")
    assert conclusions(again) == conclusions(first)
    assert again["report_id"] == first["report_id"]
    assert again["snapshot"] == first["snapshot"]


def test_show_gives_the_latest_run_in_another_language(tmp_path: Path) -> None:
    first = report_of(tmp_path, *RUN, "--format", "json", "--lang", "en")
    shown = diag(tmp_path, "show", "--lang", "ja")
    assert shown.returncode == 0
    assert "プロミス" in shown.stdout.decode()
    assert first["report_id"] in shown.stdout.decode()
    again = report_of(tmp_path, "show", "--format", "json")
    assert conclusions(again) == conclusions(first)


def test_no_save_leaves_nothing_behind(tmp_path: Path) -> None:
    diag(tmp_path, "run", "--offline", "--no-save")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_ticket_and_the_users_words_are_in_the_report(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        *("run", "--app", "promise", "--offline", "--format", "json"),
        *("--ticket", "T-17", "--on", "phone", "--error", "E-1203 for taro@example.jp"),
    )
    assert report["ticket"] == "T-17"
    assert report["symptom"] == "error"
    assert report["subject"]["device"] == "phone"
    assert report["subject"]["error_text"] == "E-1203 for email-1"


def test_only_and_skip_say_what_they_left_out(tmp_path: Path) -> None:
    report = report_of(
        tmp_path, "run", "--only", "d*", "--skip", "dns", "--format", "json", "--no-save"
    )
    reasons = {each["check"]: (each["status"], each["reason"]) for each in report["results"]}
    assert reasons["device"] == ("ok", "")
    assert reasons["dns"] == ("not_applicable", "skipped")
    assert reasons["link"] == ("not_applicable", "not_chosen")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--only", "device"), 0),
        (("--only", "link"), 1),
        (("--only", "device", "--symptom", "login"), 3),
    ],
)
def test_exit_codes(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    done = diag(tmp_path, "run", "--app", "generic", "--no-save", *arguments)
    assert done.returncode == code, done.stdout.decode()


@pytest.mark.parametrize(
    "encoding", ["ascii", "cp932", "cp850", "cp437", "euc_jp", "cp1252", "utf-8"]
)
@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--offline"),
        ("show",),
        ("apps", "list"),
        ("apps", "show", "promise"),
        ("checks", "list"),
        ("checks", "show", "dns"),
        ("--help",),
    ],
)
def test_no_encoding_breaks_a_command(
    tmp_path: Path, encoding: str, arguments: tuple[str, ...]
) -> None:
    env = {"PYTHONIOENCODING": encoding}
    if arguments == ("show",):
        diag(tmp_path, "run", "--offline", env=env)
    language = () if arguments == ("--help",) else ("--lang", "ja")
    done = diag(tmp_path, *arguments, *language, env=env)
    assert done.returncode in (0, 1), done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout
