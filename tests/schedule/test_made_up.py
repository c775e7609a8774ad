"""A run that is made up for as the device wakes waits for the network, for a while."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from diag.host import Interface
from diag.host.base import InterfaceAddress
from diag.schedule import made_up, store
from diag.schedule.made_up import await_network, is_late
from diag.schedule.model import Asked, Schedule
from tests.cli.diag_process import environment, without_network
from tests.support import replay

HOURLY = Schedule(
    name="checkup",
    cron="17 * * * *",
    asked=Asked("every", "1h"),
    scheduler="launchd",
    app=None,
    config=None,
    added_at=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("now", "late"),
    [("08:17:01", False), ("08:18:30", False), ("08:21:00", True), ("09:16:00", True)],
)
def test_what_begins_after_its_time_is_made_up_for(now: str, late: bool) -> None:
    at = datetime.fromisoformat(f"2026-11-22T{now}+00:00")
    assert is_late(HOURLY, at, ZoneInfo("Asia/Tokyo")) is late


def card(*addresses: str, up: bool = True, loopback: bool = False) -> Interface:
    held = [
        InterfaceAddress(family="ipv6" if ":" in each else "ipv4", address=each)
        for each in addresses
    ]
    mac = InterfaceAddress(family="mac", address="02:00:00:00:00:01")
    return Interface(name="en0", up=up, mtu=1500, loopback=loopback, addresses=(mac, *held))


@pytest.mark.parametrize(
    ("interfaces", "waits"),
    [
        ((card("127.0.0.1", "::1", loopback=True),), True),
        ((card("192.168.1.5", up=False),), True),
        ((card("169.254.7.7", "fe80::1"),), True),
        ((card(),), True),
        ((card("192.168.1.5"),), False),
        ((card("fe80::1", "2001:db8::5"),), False),
    ],
)
def test_it_waits_for_an_address_that_leads_further(
    monkeypatch: pytest.MonkeyPatch, interfaces: tuple[Interface, ...], waits: bool
) -> None:
    """The pause is where time would pass: there, the network comes back."""
    asked: list[float] = []
    devices = [replay(interfaces=interfaces), replay(interfaces=(card("192.168.1.5"),))]

    class Waking:
        def interfaces(self) -> tuple[Interface, ...]:
            return devices[min(len(asked), 1)].interfaces()

    monkeypatch.setattr("diag.schedule.made_up.time.sleep", asked.append)
    await_network(Waking(), 60.0)  # type: ignore[arg-type]
    assert asked == ([made_up.PAUSE_S] if waits else [])


@pytest.mark.parametrize(("cron", "awaits"), [("0 0 1 1 *", True), ("* * * * *", False)])
def test_a_late_run_waits_and_one_in_time_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cron: str, awaits: bool
) -> None:
    """Off the network, as the scheduler starts it; then the run goes on and is saved."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".local/state"))
    long_ago = datetime.now(UTC) - timedelta(days=400)
    schedule = msgspec.structs.replace(HOURLY, cron=cron, added_at=long_ago)
    store.save(store.default_path(), {"checkup": schedule})
    script = (
        "import sys; from diag.cli import main, scheduling; "
        "scheduling.await_network = lambda host: print('waits'); "
        "sys.exit(main(['schedule', 'run', 'checkup']))"
    )
    done = subprocess.run(
        without_network([sys.executable, "-c", script]),
        env=environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ("waits\n" if awaits else "")
    assert "New: " in done.stderr
