"""What docs/unattended.md tells administrators to write is right."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from diag.config import load_config
from diag.schedule.when import from_cron

DOCUMENT = Path(__file__).parents[2] / "docs/unattended.md"


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE
    )


def test_the_settings_are_read(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    (tmp_path / "config.toml").write_text(text)
    config = load_config(tmp_path / "config.toml")
    assert config.app == "promise"
    assert config.word.desktop
    assert set(tomllib.loads(text)) == set(config.__struct_fields__) - {"lang"}


def test_the_line_for_cron_d() -> None:
    (text,) = blocks("cron")
    line = text.splitlines()[-1].split(None, 6)
    from_cron(" ".join(line[:5]))
    user, command = line[5:]
    pause, program = command.split("; ")
    assert (user, program) == ("diag", "/usr/local/bin/diag run --unattended")
    assert "%" not in command, "cron would cut it there"
    shown = subprocess.run(
        ["sh", "-c", pause.replace("sleep ", "echo ")], capture_output=True, text=True, check=True
    )
    assert 0 <= int(shown.stdout) < 1800


@pytest.mark.skipif(
    shutil.which("logrotate") is None and "CI" not in os.environ,
    reason="logrotate is not installed",
)
def test_logrotate_accepts_its_file(tmp_path: Path) -> None:
    (text,) = blocks("logrotate")
    (tmp_path / "conf").write_text(text)
    done = subprocess.run(
        ["logrotate", "--debug", "--state", str(tmp_path / "state"), str(tmp_path / "conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_the_tasks_are_a_list_of_named_tasks() -> None:
    (text,) = blocks("yaml")
    tasks = yaml.safe_load(text)
    assert all(len(task) >= 2 and task["name"] for task in tasks)


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ,
    reason="systemd-analyze is not installed",
)
def test_systemd_accepts_the_units_and_finds_them_hardened(tmp_path: Path) -> None:
    program = tmp_path / "diag"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    names = []
    for text in blocks("ini"):
        name = re.search(r"/system/(\S+)", text)
        assert name is not None
        names.append(name[1])
        (tmp_path / name[1]).write_text(text.replace("/usr/local/bin/diag", str(program)))
    assert names == ["diag.service", "diag.timer"]
    paths = [str(tmp_path / name) for name in names]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    security = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", paths[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert security.returncode == 0, security.stdout.splitlines()[-1]
