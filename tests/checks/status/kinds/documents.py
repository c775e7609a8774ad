"""Documents of status pages, one for each kind and state, in the shapes that real ones have.

Captured (public sources, shortened): Uptime Kuma 1.23 (answers of a "dashboard" page on Unraid, in
a public dashboard's tests), cState 5.6.1 (status.schullogin.de, in a public web component's story),
Slack (docs.slack.dev sample of 2018, and an answer of 2023 in a public client's tests), Instatus
(status.polymarket.com during maintenance, in a public client's tests), StatusIQ (titles of a public
capture). The rest follow the makers' documentation and source, as named in the adapters; captures
of most of these stand in `captured`. Of Statuspal, Cachet 3 and Uptime Kuma 2 none was found.
"""

from __future__ import annotations

import json
from typing import Any

Document = Any


def body(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


# --- Uptime Kuma: captured ---

KUMA_PAGE: Document = json.loads(
    '{"config":{"slug":"dashboard","title":"Dashboard","description":null,"icon":"/icon.svg",'
    '"theme":"auto","published":true,"showTags":false,"customCSS":"body {\\n  \\n}\\n",'
    '"footerText":null,"showPoweredBy":false,"googleAnalyticsId":null,'
    '"showCertificateExpiry":false},"incident":null,"publicGroupList":[{"id":1,"name":"Dienste",'
    '"weight":1,"monitorList":[{"id":1,"name":"Unraid","sendUrl":0,"type":"http"}]}],'
    '"maintenanceList":[]}'
)
KUMA_BEATS: Document = json.loads(
    '{"heartbeatList":{"1":[{"status":1,"time":"2026-09-30 20:10:16.566","msg":"","ping":100},'
    '{"status":1,"time":"2026-09-30 20:15:16.689","msg":"","ping":94}]},"uptimeList":{"1_24":1}}'
)


def kuma(beat: int = 1, **page: Any) -> list[Document]:
    last = {**KUMA_BEATS["heartbeatList"]["1"][-1], "status": beat}
    beats = {"heartbeatList": {"1": [*KUMA_BEATS["heartbeatList"]["1"], last]}}
    return [{**KUMA_PAGE, **page}, beats]


KUMA_INCIDENT = {
    "id": 1,
    "style": "danger",
    "title": "Login is down",
    "content": "We look into it",
    "pin": 1,
    "active": True,
    "createdDate": "2026-11-22 11:40:00",
    "lastUpdatedDate": "2026-11-22 11:45:00",
}
KUMA_MAINTENANCE = {
    "id": 1,
    "title": "Update",
    "description": "",
    "strategy": "single",
    "active": True,
    "timeslotList": [{"startDate": "2026-11-22 20:00:00", "endDate": "2026-11-22 22:00:00"}],
    "status": "under-maintenance",
    "timezone": "Asia/Tokyo",
    "timezoneOffset": "+09:00",
}

# --- cState: captured ---

CSTATE: Document = {
    "is": "index",
    "cStateVersion": "5.6.1",
    "apiVersion": "2.0",
    "title": "Verfügbarkeit digitaler Dienste für Schulen in Sachsen",
    "languageCodeHTML": "de",
    "languageCode": "de",
    "baseURL": "https://status.schullogin.de",
    "description": "<no value>",
    "summaryStatus": "disrupted",
    "categories": [{"name": "Schullogin", "hideTitle": False, "closedByDefault": False}],
    "pinnedIssues": [],
    "systems": [
        {
            "name": "Anmeldung",
            "category": "Schullogin",
            "status": "disrupted",
            "unresolvedIssues": [
                {
                    "is": "issue",
                    "title": "Schullogin: vereinzelte Anmelde-Probleme bei SaxSVS-Accounts",
                    "createdAt": "2025-09-10 10:00:00 +0000 UTC",
                    "lastMod": "2025-09-12 19:20:02 +0200 +0200",
                    "permalink": "https://status.schullogin.de/issues/2025-09-10/",
                    "severity": "disrupted",
                    "resolved": False,
                    "informational": False,
                    "affected": ["Anmeldung"],
                }
            ],
        },
        {
            "name": "LernSax",
            "category": "MeSax / LernSax",
            "status": "ok",
            "unresolvedIssues": [],
        },
    ],
    "buildDate": "2025-09-12",
    "buildTime": "17:20",
}


def cstate(word: str) -> list[Document]:
    system = {**CSTATE["systems"][0], "status": word, "unresolvedIssues": []}
    return [{**CSTATE, "summaryStatus": word, "systems": [system, CSTATE["systems"][1]]}]


# --- Slack: captured ---

SLACK_OK: Document = {
    "status": "ok",
    "active_incidents": [],
    "date_created": "2018-09-07T18:34:15-07:00",
    "date_updated": "2018-09-07T18:34:15-07:00",
}


def slack(kind: str = "incident", status: str = "active") -> list[Document]:
    return [
        {
            "status": "active",
            "date_created": "2023-09-26T11:55:36-07:00",
            "date_updated": "2023-09-26T11:55:36-07:00",
            "active_incidents": [
                {
                    "id": 1269,
                    "date_created": "2023-09-26T11:34:10-07:00",
                    "date_updated": "2023-09-26T11:55:36-07:00",
                    "title": "Can't dismiss Now you've got Later",
                    "type": kind,
                    "status": status,
                    "url": "https://status.slack.com/2023-09/badc5543a21e1fa7",
                    "services": ["Connections"],
                    "notes": [],
                }
            ],
        }
    ]


# --- Instatus: page captured ---


def instatus(
    page: str = "UP", part: str = "OPERATIONAL", bare: bool = False, **more: Any
) -> list[Document]:
    summary = {
        "page": {"name": "Polymarket", "url": "https://status.polymarket.com", "status": page},
        **more,
    }
    group = {"id": "g1", "name": "Accounts", "description": "", "status": part}
    login = {
        "id": "c1",
        "name": "Login",
        "description": "",
        "status": part,
        "group": {"id": "g1", "name": "Accounts"},
    }
    rows = [group, login]
    nested = [{**group, "isParent": True, "children": [{**login, "group": None}]}]
    return [summary, nested if bare else {"components": rows}]


INSTATUS_INCIDENT = {
    "id": "incident1",
    "name": "Issue",
    "started": "2026-08-09T17:00:00Z",
    "status": "INVESTIGATING",
    "impact": "MAJOROUTAGE",
    "url": "https://status.polymarket.com/default/incident1",
    "updatedAt": "2026-08-09T17:01:00Z",
}
INSTATUS_MAINTENANCE = {
    "id": "x",
    "name": "Scheduled CLOB Maintenance",
    "start": "2026-11-22T11:30:00Z",
    "status": "INPROGRESS",
    "duration": "60",
    "url": "https://status.polymarket.com/default/x",
    "updatedAt": "2026-11-22T11:00:00Z",
}

# --- Better Stack ---


def better_stack(page: str = "operational", part: str = "operational", *reports: Any) -> Document:
    return [
        {
            "data": {
                "id": "133002",
                "type": "status_page",
                "attributes": {
                    "company_name": "Example",
                    "timezone": "Eastern Time (US & Canada)",
                    "announcement": None,
                    "aggregate_state": page,
                    "created_at": "2022-01-01T00:00:00.000Z",
                    "updated_at": "2026-11-22T11:50:00.000Z",
                },
                "relationships": {},
            },
            "included": [
                {
                    "id": "1",
                    "type": "status_page_section",
                    "attributes": {"name": "Accounts", "position": 0},
                },
                {
                    "id": "11",
                    "type": "status_page_resource",
                    "attributes": {
                        "public_name": "Login",
                        "status": part,
                        "status_page_section_id": 1,
                        "availability": 0.99,
                        "status_history": [],
                    },
                },
                *({"id": "9", "type": "status_report", "attributes": each} for each in reports),
            ],
        }
    ]


BETTER_REPORT = {
    "title": "Login fails",
    "report_type": "manual",
    "starts_at": "2026-11-22T11:40:00.000Z",
    "ends_at": None,
    "aggregate_state": "degraded",
    "affected_resources": [{"status_page_resource_id": "11", "status": "degraded"}],
}

# --- Cachet ---


def cachet2(
    whole: str = "success", part: int = 1, incident: int = 4, schedule: int = 2
) -> Document:
    lists = {"meta": {"pagination": {"total": 1, "total_pages": 1}}}
    return [
        {"data": {"status": whole, "message": "whatever"}},
        {
            **lists,
            "data": [
                {"id": 1, "name": "Login", "status": str(part), "status_name": "Betriebsbereit"}
            ],
        },
        {
            **lists,
            "data": [
                {
                    "id": 3,
                    "name": "Login fails",
                    "status": incident,
                    "component_id": 1,
                    "occurred_at": "2026-11-22 11:40:00",
                }
            ],
        },
        {
            **lists,
            "data": [
                {
                    "id": 1,
                    "name": "Update",
                    "status": schedule,
                    "scheduled_at": "2026-11-22 11:00:00",
                }
            ],
        },
    ]


def cachet3(
    whole: str = "operational", part: int = 1, incident: int = 4, schedule: int = 2
) -> Document:
    def resource(name: str, **attributes: Any) -> Document:
        return {"data": [{"id": "1", "type": "x", "attributes": {"name": name, **attributes}}]}

    return [
        {"data": {"status": whole, "message": "whatever"}},
        resource("Login", status={"human": "運用中", "value": part}, enabled=True),
        resource("Login fails", latest_status={"human": "?", "value": incident}),
        resource("Update", status={"human": "?", "value": schedule}),
    ]


# --- Statuspal ---


def statuspal(whole: str | None = None, part: str | None = None, **more: Any) -> Document:
    return [
        {
            "status_page": {
                "name": "Maslak",
                "url": "www.maslak.io",
                "subdomain": "maslak",
                "time_zone": "Europe/Istanbul",
                "current_incident_type": whole,
                "default_lang": "en",
            },
            "services": [
                {
                    "id": 10,
                    "name": "Accounts",
                    "description": "",
                    "current_incident_type": None,
                    "children": [
                        {"id": 11, "name": "Login", "current_incident_type": part, "children": [{}]}
                    ],
                }
            ],
            "incidents": [],
            "maintenances": [],
            "upcoming_maintenances": [],
            **more,
        }
    ]


STATUSPAL_INCIDENT = {
    "id": 123,
    "title": "App partial outage",
    "type": "minor",
    "starts_at": "2023-07-28T07:57:37",
    "ends_at": None,
    "service_ids": [11],
    "updates": [],
}

# --- status.io ---


def status_io(code: int = 100, part: int = 100, **more: Any) -> Document:
    updated = "2026-11-22T11:50:00.000Z"
    return [
        {
            "result": {
                "status_overall": {"updated": updated, "status": "x", "status_code": code},
                "status": [
                    {
                        "id": "5b36dc6502d06804c08349f1",
                        "name": "Login",
                        "updated": updated,
                        "status": "x",
                        "status_code": part,
                        "containers": [
                            {
                                "id": "5b36dc6502d06804c08349f2",
                                "name": "Tokyo",
                                "updated": updated,
                                "status": "x",
                                "status_code": part,
                            }
                        ],
                    }
                ],
                "incidents": [],
                "maintenance": {"active": [], "upcoming": []},
                **more,
            }
        }
    ]


STATUS_IO_EVENT = {
    "_id": "5b36dc6502d06804c08349f9",
    "name": "Login fails",
    "datetime_open": "2026-11-22T11:40:00.000Z",
    "messages": [{"details": "x", "state": 200, "status": 400, "datetime": "2026-11-22T11:41:00Z"}],
    "components_affected": [{"name": "Login", "_id": "5b36dc6502d06804c08349f1"}],
    "containers_affected": [],
}

# --- UptimeRobot ---


def uptime_robot(word: str = "success", shape: str = "psp", total: int = 1) -> Document:
    monitor = {
        "monitorId": 1001,
        "statusClass": word,
        "name": "Login",
        "url": None,
        "type": "HTTP(s)",
    }
    if shape == "psp":
        psp = {"perPage": 30, "totalMonitors": total, "monitors": [monitor]}
        return [{"status": "ok", "psp": psp, "days": [], "statistics": {}}]
    if shape == "monitor":
        return [{"status": "ok", "monitor": monitor}]
    return [{"status": "ok", "data": [monitor]}]


# --- Gatus, Upptime, Google ---


def gatus(success: bool = True, announced: str | None = None) -> Document:
    result = {
        "status": 200,
        "hostname": "login.app.test",
        "duration": 25000000,
        "conditionResults": [{"condition": "[STATUS] == 200", "success": success}],
        "success": success,
        "timestamp": "2026-11-22T11:50:00.123456789Z",
    }
    row = {"name": "Login", "group": "Accounts", "key": "accounts_login", "results": [result]}
    announcement = {
        "timestamp": "2026-11-22T11:40:00Z",
        "type": announced,
        "message": "Login fails",
    }
    return [[row], {"announcements": [announcement] if announced else [], "oidc": False}]


def upptime(word: str = "up") -> Document:
    return [
        [
            {
                "name": "Login",
                "url": "https://login.app.test",
                "icon": "https://icons.app.test/login.ico",
                "slug": "login",
                "status": word,
                "uptime": "99.99%",
                "uptimeDay": "100.00%",
                "time": 250,
                "dailyMinutesDown": {"2022-06-12": 21},
            }
        ]
    ]


def google(end: str | None = None, impact: str = "SERVICE_OUTAGE") -> Document:
    return [
        [
            {
                "id": "abc",
                "number": "1",
                "begin": "2026-11-22T11:40:00+00:00",
                "created": "2026-11-22T11:45:00+00:00",
                "end": end,
                "modified": "2026-11-22T11:50:00+00:00",
                "external_desc": "Gmail: sign-in fails",
                "severity": "high",
                "status_impact": impact,
                "service_key": "x",
                "service_name": "Gmail",
                "affected_products": [{"title": "Gmail", "id": "prPt2Yra2CbGsbEm9cpC"}],
                "most_recent_update": {
                    "when": "2026-11-22T11:50:00+00:00",
                    "status": "AVAILABLE" if end else "SERVICE_OUTAGE",
                    "text": "x",
                },
                "uri": "incidents/abc",
            }
        ]
    ]


# --- feeds ---


def rss(*items: tuple[str, str, str]) -> bytes:
    rows = "".join(
        f"<item><title>{title}</title><description><![CDATA[{text}]]></description>"
        f"<pubDate>{when}</pubDate></item>"
        for title, text, when in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Status</title>'
        f"<link>https://status.app.test</link>{rows}</channel></rss>"
    ).encode()


def atom(title: str, text: str, updated: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Status</title>'
        f"<entry><title>{title}</title><updated>{updated}</updated>"
        f'<content type="html">{text}</content></entry></feed>'
    ).encode()
