"""A run that is made up for begins as the device wakes, before it is on a network again.

What such a run found would be the waking. So it waits, for a while, until there is a network.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from diag.host import Host
from diag.model import Failed
from diag.net.addresses import scope
from diag.schedule.model import Schedule
from diag.schedule.when import from_cron

LATE_AFTER = timedelta(minutes=3)
"""More than schedulers take by themselves (systemd.SPREAD_S)."""

WAIT_S = 60.0
"""Wi-Fi is joined again within seconds of waking; without a network there is something to say."""

PAUSE_S = 1.0


def is_late(schedule: Schedule, now: datetime, zone: ZoneInfo) -> bool:
    """Whether this is not the time of the schedule, but after it."""
    due = from_cron(schedule.cron).last_before(now, zone)
    return due is not None and now - due > LATE_AFTER


def await_network(host: Host, wait_s: float = WAIT_S) -> None:
    """Until an interface has an address that leads further than its own cable, or time is up."""
    until = time.monotonic() + wait_s
    while not _on_network(host) and time.monotonic() < until:
        time.sleep(PAUSE_S)


def _on_network(host: Host) -> bool:
    try:
        interfaces = host.interfaces()
    except Failed:  # not to be seen here: nothing to wait for
        return True
    return any(
        each.up
        and not each.loopback
        and any(
            address.family != "mac" and scope(address.address) not in ("loopback", "link_local")
            for address in each.addresses
        )
        for each in interfaces
    )
