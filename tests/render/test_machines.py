"""What machines read: as the programs that read it see it."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from diag.render import RENDERERS, nagios, prometheus
from diag.render.safe import safe
from diag.report import Report
from tests.cli.diag_process import diag
from tests.render.situations import SITUATIONS

PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
RUN = ("run", "--app", "promise", "--symptom", "login", "--no-save")


def reports() -> list[Any]:
    return [pytest.param(make("en"), id=name) for name, make in SITUATIONS.items()]


# --- Prometheus ---------------------------------------------------------------------------------


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("report", reports())
def test_metrics_say_what_the_report_says(report: Report) -> None:
    found = samples(prometheus.render(report))
    faults = {
        dict(labels)["where"]: value
        for (name, labels), value in found.items()
        if name == "diag_fault"
    }
    assert faults == {
        where: float(where == report.verdict.where)
        for where in ("service", "network", "device", "account", "unknown")
    }
    causes = {dict(labels)["code"] for name, labels in found if name == "diag_cause"}
    assert causes == {cause.code for cause in report.causes}
    assert found["diag_run_timestamp_seconds", frozenset()] == report.created_at.timestamp()
    for result in report.results:
        state = frozenset({"check": result.check, "status": result.status}.items())
        assert found["diag_check_status", state] == 1


def test_metrics_name_the_app_only_if_asked() -> None:
    report = next(iter(SITUATIONS.values()))("en")
    app = msgspec.structs.replace(report.app, id='back\\slash "and" more')
    report = msgspec.structs.replace(report, app=app)
    assert "slash" not in prometheus.render(report)
    named = samples(prometheus.render(report, name_app=True))
    assert {dict(labels)["app"] for _, labels in named} == {'back\\slash "and" more'}


def test_promtool_accepts_the_file_and_others_may_read_it(tmp_path: Path) -> None:
    done = diag(tmp_path, *RUN, "-o", "diag.prom")
    assert done.returncode == 1, done.stderr
    metrics = tmp_path / "diag.prom"
    assert stat.S_IMODE(metrics.stat().st_mode) == 0o644
    assert "promise" not in metrics.read_text().lower()
    assert samples(metrics.read_text())
    if PROMTOOL is None:
        assert "CI" not in os.environ, "CI has Debian's package prometheus"
        pytest.skip("promtool is not installed")
    checked = subprocess.run(
        [PROMTOOL, "check", "metrics"],
        input=metrics.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


# --- Nagios -------------------------------------------------------------------------------------

FIRST_LINE = re.compile(r"DIAG (OK|WARNING|CRITICAL|UNKNOWN) - ([^|\n]+) \| ([^|\n]+)\n")
PERFORMANCE = re.compile(
    r"'?(?P<label>[^'=]+)'?=(?P<value>-?[0-9.]+)(?P<unit>us|ms|s|%|[KMGT]?B|c)?"
    r"(;(?P<warn>[^;]*)(;(?P<crit>[^;]*)(;(?P<low>[0-9.]*)(;(?P<high>[0-9.]*))?)?)?)?"
)
"""The guidelines' form: 'label'=value[UOM];[warn];[crit];[min];[max]."""


@pytest.mark.parametrize("report", reports())
def test_a_nagios_parser_understands_the_output(report: Report) -> None:
    text = nagios.render(report)
    first = FIRST_LINE.match(text)
    assert first is not None, text
    assert "|" not in text[first.end() :]
    numbers = {}
    for item in first[3].split():
        match = PERFORMANCE.fullmatch(item)
        assert match is not None, item
        numbers[match["label"]] = float(match["value"])
    severities = [cause.severity for cause in report.causes]
    assert numbers["problems"] == severities.count("problem")
    assert numbers["warnings"] == severities.count("warning")
    code = nagios.exit_code(report)
    assert nagios.STATES[code] == first[1]
    assert (code == 2) == ("problem" in severities)


def test_the_exit_code_is_nagioss(tmp_path: Path) -> None:
    done = diag(tmp_path, *RUN, "--format", "nagios")
    assert done.returncode == 2
    assert done.stdout.startswith(b"DIAG CRITICAL - ")
    fine = diag(tmp_path, "run", "--offline", "--only", "device", "--format", "nagios")
    assert fine.returncode == 0
    assert fine.stdout.startswith(b"DIAG OK - ")


def test_a_bar_in_a_title_begins_no_performance_data() -> None:
    report = next(iter(SITUATIONS.values()))("en")
    verdict = msgspec.structs.replace(report.verdict, headline="a | b\nc")
    assert nagios.render(msgspec.structs.replace(report, verdict=verdict)).startswith(
        f"DIAG {nagios.STATES[nagios.exit_code(report)]} - a / b c | time="
    )


# --- signs that a terminal obeys ----------------------------------------------------------------

HOSTILE = '\x1b[31m\x9b2J\u202e\x07\x7f\U000e0041\n|"x'


@pytest.mark.parametrize("form", list(RENDERERS))
def test_no_format_passes_on_what_a_terminal_obeys(form: str) -> None:
    """A report file from somebody else can hold anything in its strings."""
    replaced = msgspec.structs.replace
    report = next(iter(SITUATIONS.values()))("en")
    report = replaced(
        report,
        ticket=HOSTILE,
        tool=replaced(report.tool, version=HOSTILE),
        verdict=replaced(report.verdict, headline=HOSTILE),
        causes=tuple(replaced(each, code=HOSTILE, title=HOSTILE) for each in report.causes),
        results=tuple(replaced(each, check=HOSTILE) for each in report.results),
    )
    text = RENDERERS[form](report).decode()
    assert "x" in text
    for line in text.splitlines():
        assert safe(line) == line


# --- JSON lines ---------------------------------------------------------------------------------


def test_each_run_adds_a_line(tmp_path: Path) -> None:
    for _ in range(3):
        diag(tmp_path, *RUN, "-o", "runs.jsonl")
    runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert len({run["report_id"] for run in runs}) == 3
    assert stat.S_IMODE((tmp_path / "runs.jsonl").stat().st_mode) == 0o600


def test_lines_go_to_regular_files_only(tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe.jsonl")
    for name in ("link.jsonl", "pipe.jsonl"):
        done = diag(tmp_path, "run", "--offline", "--only", "device", "--no-save", "-o", name)
        assert done.returncode == 4, done.stderr
        assert json.loads(done.stdout)["schema_version"] == 1
    assert not (tmp_path / "elsewhere").exists()
