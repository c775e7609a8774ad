"""A real cron daemon runs a schedule on the device of the lab, while the line breaks and heals.

cron's clock runs faster (libfaketime), so that its minutes are seconds; diag's own does not.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.lab import faults
from tests.lab.lab import REPOSITORY, Lab, toml
from tests.lab.net import wait_until

TOOLS = ("cron", "crontab", "faketime")
SPEED = 12

OTHERS = """\
# mine, since 2019
SSL_CERT_FILE={roots}
SSL_CERT_DIR=/nonexistent
0 5 * * 1 tar -zcf /var/backups/home.tgz /home/   # 100\\% mine
"""

ON_THE_DEVICE = """
mount -t tmpfs tmpfs /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs tmpfs /var/spool/cron
mkdir /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
here=$1 python=$2
crontab "$here/others"
"$python" -m diag schedule add --cron '* * * * *' --with cron --app "$here/app.toml" > "$here/added"
crontab -l > "$here/crontab"
faketime -f '+0 x{speed}' cron -f > /dev/null 2>&1 &
while [ ! -e "$here/stop" ]; do sleep 0.1; done
kill $(cat /run/crond.pid)
sleep 1
"$python" -m diag schedule list --format json > "$here/list"
"$python" -m diag schedule remove > "$here/removed"
crontab -l > "$here/crontab-after"
"""


@pytest.fixture
def tools() -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=path)]
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"in CI this has to run, but these are missing: {missing}")
        pytest.skip(f"not installed: {missing}")


@pytest.mark.usefixtures("tools")
def test_cron_runs_it_it_is_silent_and_speaks_once_of_each_change() -> None:
    with Lab() as lab:
        here = lab.world.net.dir
        home = lab.world.device.home
        (here / "app.toml").write_text(toml(lab.world.profile), encoding="utf-8")
        others = OTHERS.format(roots=lab.world.device.roots)
        (here / "others").write_text(others)
        teller = here / "tell"
        teller.write_text(f'#!/bin/sh\ncat >> "{here}/told"\n')
        teller.chmod(0o700)
        settings = home / ".config/diag/config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'deadline = 4\n[word]\nabout = "problem"\ncommand = ["{teller}"]\n')
        ran: list[Any] = []

        def on_the_device() -> None:
            script = ON_THE_DEVICE.replace("{speed}", str(SPEED))
            ran.append(
                lab.world.device.run(
                    *("sh", "-euc", script, "sh", str(here), sys.executable),
                    timeout_s=150,
                    cwd=REPOSITORY,
                )
            )

        device = threading.Thread(target=on_the_device)
        device.start()
        try:
            wait_for_runs(home, 2)
            assert told(here) == [], "all is well: not a word"
            faults.line_silent(lab.world.net)
            wait_until(lambda: len(told(here)) == 1, "word of the fault", 60)
            wait_for_runs(home, len(runs(home)) + 2)
            assert len(told(here)) == 1, "said once, not in every run"
            tables = lab.world.net.internet.run("nft", "list", "tables").split("\n")
            fault = next(line.split()[-1] for line in tables if "fault" in line)
            lab.world.net.internet.run("nft", "delete", "table", "inet", fault)
            wait_until(lambda: len(told(here)) == 2, "word that it is gone", 60)
            wait_for_runs(home, len(runs(home)) + 1)
        finally:
            (here / "stop").touch()
            device.join()
        assert ran[0].code == 0, ran[0].stderr
        broken, healed = told(here)
        assert {each["kind"] for each in broken["changes"]} == {"new"}
        assert {each["kind"] for each in healed["changes"]} == {"gone"}
        assert broken["changes"][0]["code"] == "internet.down"
        assert [each["code"] for each in healed["changes"]] == [
            each["code"] for each in broken["changes"]
        ]
        assert "Example" not in " ".join(broken["lines"]), "the notice names no app"
        verdicts = [run["verdict"] for run in reversed(runs(home))]
        assert verdicts[:2] == ["none", "none"]
        assert verdicts[-1] == "none"
        crontab = (here / "crontab").read_text()
        assert crontab.startswith(others)
        assert "app.toml" not in crontab
        assert (here / "crontab-after").read_text() == others
        listed = json.loads((here / "list").read_text())
        assert listed[0]["last_run"] is not None


def runs(home: Path) -> list[dict[str, Any]]:
    """Newest first, read beside the daemon's runs."""
    from diag import history

    path = home / ".local/state/diag/history.sqlite3"
    return [
        {"verdict": run.verdict, "schedule": run.schedule}
        for run in history.past_runs(path, None, 1000)
    ]


def wait_for_runs(home: Path, count: int) -> None:
    wait_until(lambda: len(runs(home)) >= count, f"{count} runs", 60)
    assert {run["schedule"] for run in runs(home)} == {"checkup"}


def told(here: Path) -> list[dict[str, Any]]:
    path = here / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
