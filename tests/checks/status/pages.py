"""Summaries of status pages, in the shapes that real pages answer with.

Shapes and words after public captures of 2026: www.cloudflarestatus.com and status.bexio.com
(Statuspage), status.hashicorp.com (incident.io); shortened, names replaced.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from checks.status.kinds import statuspage
from checks.status.normal import PageStatus
from checks.status.said import said

LOGIN = {
    "id": "57ctn3f2qsyj",
    "name": "Login",
    "status": "operational",
    "created_at": "2014-10-09T03:32:07.158Z",
    "updated_at": "2026-04-21T11:02:14.850Z",
    "position": 1,
    "description": None,
    "showcase": False,
    "start_date": None,
    "group_id": "zqxhg7y54vy8",
    "page_id": "yh6f0r4529hb",
    "group": False,
    "only_show_if_degraded": False,
}
GROUP = {**LOGIN, "id": "zqxhg7y54vy8", "name": "Accounts", "group": True, "group_id": None}
PAYMENTS = {**LOGIN, "id": "4f9fb0ydzx5b", "name": "決済 API", "group_id": None}


def component(base: dict[str, Any], status: str) -> dict[str, Any]:
    return {**base, "status": status}


def incident(**changes: Any) -> dict[str, Any]:
    return {
        "id": "f7y3tqkl1hmm",
        "name": "Login errors for some users",
        "status": "identified",
        "created_at": "2026-11-22T11:40:00.000Z",
        "updated_at": "2026-11-22T11:48:00.000Z",
        "monitoring_at": None,
        "resolved_at": None,
        "impact": "major",
        "shortlink": "https://stspg.io/f7y3tqkl1hmm",
        "started_at": "2026-11-22T11:40:00.000Z",
        "page_id": "yh6f0r4529hb",
        "reminder_intervals": None,
        "incident_updates": [],
        "components": [],
        **changes,
    }


def maintenance(**changes: Any) -> dict[str, Any]:
    return incident(
        **{
            "name": "Database upgrade",
            "status": "scheduled",
            "impact": "maintenance",
            "scheduled_for": "2026-11-22T11:00:00.000Z",
            "scheduled_until": "2026-11-22T13:30:00.000Z",
            **changes,
        }
    )


def summary(indicator: str = "none", **changes: Any) -> dict[str, Any]:
    return {
        "page": {
            "id": "yh6f0r4529hb",
            "name": "Example",
            "url": "https://status.app.test",
            "time_zone": "Etc/UTC",
            "updated_at": "2026-11-22T11:50:00.000Z",
        },
        "components": [GROUP, LOGIN, PAYMENTS],
        "incidents": [],
        "scheduled_maintenances": [],
        "status": {"indicator": indicator, "description": "whatever the owner wrote"},
        **changes,
    }


def incident_io(indicator: str = "none") -> dict[str, Any]:
    """As incident.io answers: no maintenances at all, null for an empty list, keys left out."""
    return {
        "page": {
            "id": "01K7FBWXHZPP52EWA3EGJ2SNVA",
            "name": "Example",
            "url": "https://status.app.test",
            "updated_at": "2026-11-22T12:53:56.786+02:00",
        },
        "components": [
            {
                "id": "01K7FBWXHZB6R6M3C0Q2GZ8R4T",
                "name": "Login",
                "status": "operational",
                "position": 1,
                "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z",
            }
        ],
        "incidents": None,
        "status": {"indicator": indicator, "description": "All Systems Operational"},
    }


def body(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def read(document: bytes, names: tuple[str, ...], now: datetime) -> PageStatus:
    """What a Statuspage summary says to somebody who needs these parts."""
    return said(statuspage.read([document], now), names, now)
