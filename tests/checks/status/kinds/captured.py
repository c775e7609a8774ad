"""Answers of real status pages and programs, shortened: no word of what is left is changed.

Each with its source and date. What a source had left out already, and a page cannot do without, is
added in the place where it is used, and said there.
"""

from __future__ import annotations

import json
from typing import Any

from checks.status.normal import State
from tests.checks.status.pages import incident_io, summary

Document = Any

BETTER_STACK: Document = json.loads("""
{"data": {"id": "133002", "type": "status_page",
  "attributes": {"company_name": "Better Stack", "aggregate_state": "operational",
                 "announcement": null, "timezone": "UTC"}},
 "included": [
  {"type": "status_page_section", "id": "104771",
   "attributes": {"name": "Better Stack ", "position": 0}},
  {"type": "status_page_resource", "id": "4018902",
   "attributes": {"public_name": "Better Stack", "status": "operational",
     "status_page_section_id": 104771, "availability": 1.0,
     "status_history": [{"day": "2026-06-26", "status": "operational",
                         "downtime_duration": 0, "maintenance_duration": 0}]}},
  {"type": "status_report", "id": "1050825",
   "attributes": {"title": "Delayed data processing in the Europe region",
     "report_type": "manual", "starts_at": "2026-09-04T13:50:00.000Z",
     "ends_at": null, "aggregate_state": "resolved",
     "affected_resources": [{"status_page_resource_id": "4188758", "status": "resolved"}]},
   "relationships": {"status_updates": {"data": [{"id": "5709883", "type": "status_update"}]}}},
  {"type": "status_update", "id": "5709883",
   "attributes": {"published_at": "2026-09-04T19:53:00.000Z",
     "affected_resources": [{"status_page_resource_id": "4188758", "status": "degraded"}]}}
 ]}
""")
"""status.betterstack.com/index.json of 2026-09-23, in a public client's guide to feeds."""

SLACK: Document = json.loads("""
{"status": "ok", "date_created": "2026-09-12T04:04:17-07:00",
 "date_updated": "2026-09-12T13:00:00-07:00", "active_incidents": []}
""")
"""slack-status.com of 2026-09-23, in the same guide."""

INSTATUS: list[Document] = [
    json.loads("""
{"page": {"name": "Wistia", "url": "https://status.wistia.com", "status": "UP"}}
"""),
    json.loads("""
{"components": [{"id": "cm86c68hh003drlefrrklqlw1", "name": "Group Record", "description": "",
                 "status": "OPERATIONAL", "group": null}]}
"""),
]
"""status.wistia.com/summary.json and /v3/components.json of 2026-09-23, in the same guide."""

GOOGLE_WORKSPACE: Document = json.loads(r"""
[{"id": "B5V4MfnVp97nxoTYbxdX", "number": "9353823205405529898",
  "begin": "2026-09-18T05:00:00+00:00", "end": null,
  "created": "2026-09-22T21:38:51+00:00", "modified": "2026-09-23T03:05:44+00:00",
  "external_desc": "**Title:**\nGmail Android App users on the latest Gmail Android release may",
  "severity": "low", "status_impact": "SERVICE_INFORMATION",
  "service_key": "prPt2Yra2CbGsbEm9cpC", "service_name": "Gmail",
  "affected_products": [{"title": "Gmail", "id": "prPt2Yra2CbGsbEm9cpC"}],
  "most_recent_update": {"when": "2026-09-23T02:56:03+00:00",
                         "status": "SERVICE_INFORMATION", "text": "**Title:**\n"}}]
""")
"""An open incident in www.google.com/appsstatus/dashboard/incidents.json of 2026-09-23, in the
same guide."""

GOOGLE_CLOUD: Document = json.loads("""
[{"id": "MfiGCW4E26MPGRnCJ8by", "number": "13858523345881857527",
  "begin": "2021-07-27T17:35:27+00:00", "created": "2021-07-27T18:00:25+00:00",
  "modified": "2021-07-27T23:15:35+00:00",
  "external_desc": "us-central1: GCS is returning stale version of object for bucket",
  "updates": [],
  "most_recent_update": {"created": "2021-07-27T23:15:28+00:00",
    "modified": "2021-07-27T23:15:34+00:00", "when": "2021-07-27T23:15:28+00:00",
    "status": "SERVICE_DISRUPTION"},
  "status_impact": "SERVICE_DISRUPTION", "severity": "high",
  "service_key": "UwaYoXQ5bHYHG6EdiPB8", "service_name": "Google Cloud Storage",
  "affected_products": [{"title": "Google Cloud Storage", "id": "UwaYoXQ5bHYHG6EdiPB8"}],
  "uri": "incidents/MfiGCW4E26MPGRnCJ8by"}]
""")
"""status.cloud.google.com/incidents.json of 2021-07-27, in a public client's tests: what is open
has no `end` at all."""

GOOGLE_CLOUD_OVER: Document = json.loads("""
[{"id": "left out by the source",
  "begin": "2026-09-01T14:44:00+00:00", "end": "2026-09-01T18:52:00+00:00",
  "severity": "medium", "status_impact": "SERVICE_DISRUPTION",
  "service_name": "Multiple Products",
  "affected_products": [{"title": "AlloyDB for PostgreSQL", "id": "fPovtKbaWN9UTepMm3kJ",
                         "current_title": "AlloyDB for PostgreSQL"}],
  "currently_affected_locations": [],
  "previously_affected_locations": [{"title": "Iowa (us-central1)", "id": "us-central1"}]}]
""")
"""The same page of 2026-09-23, in the guide named above."""

GITHUB: Document = {
    **summary(),
    "components": [{"name": "API Requests", "id": "brv1bkgrwx7q", "status": "operational"}],
    **json.loads("""
{"status": {"indicator": "none", "description": "All Systems Operational"},
 "incidents": [{"id": "8zc63m64hy36", "name": "Incident across several services",
   "status": "investigating", "impact": "minor", "started_at": "2026-09-23T10:11:12.836Z",
   "shortlink": "https://stspg.io/m1ps7yrhp4n8",
   "components": [{"name": "API Requests", "status": "operational"}],
   "incident_updates": [{"status": "investigating", "display_at": "2026-09-23T13:35:44.672Z",
     "affected_components": [{"code": "brv1bkgrwx7q", "name": "API Requests",
       "old_status": "operational", "new_status": "operational"}]}]}]}
"""),
}
"""www.githubstatus.com (Statuspage) of 2026-09-23, in the same guide: all is fine, it says, with an
incident open. Its page and list of components, left out there, are ours."""

OPENAI: Document = {
    **incident_io(),
    **json.loads("""
{"incidents": [{"id": "01M36RMC01ZFWQ861WYJKC4XE1",
  "name": "Elevated Error Rates for ChatGPT across Plus and Pro plans.",
  "status": "resolved", "impact": "minor",
  "created_at": "2026-09-23T09:13:00Z", "resolved_at": "2026-09-23T09:54:16Z",
  "incident_updates": [{"body": "All impacted services have now fully recovered.",
                        "status": "resolved", "display_at": "2026-09-23T09:54:16Z"}]}]}
"""),
}
"""An incident of status.openai.com (incident.io) of 2026-09-23, in the same guide; in a page of
ours, after status.hashicorp.com."""

_GCE, _ZENDESK = "5b36e11140e76c04b7220a31", "5c3836366953ce47539ce53a"


def _gitlab_component(key: str, name: str, updated: str, container: tuple[str, str]) -> Document:
    now = {"updated": updated, "status": "Operational", "status_code": 100}
    held = {"id": container[0], "name": container[1], **now}
    return {"id": key, "name": name, **now, "containers": [held]}


_ON_GCE = (_GCE, "Google Compute Engine")
GITLAB: Document = {
    "result": {
        "status_overall": {
            "updated": "2023-06-29T15:20:28.798Z",
            "status": "Operational",
            "status_code": 100,
        },
        "status": [
            _gitlab_component(
                "5b36dc6502d06804c0834a07", "Website", "2023-06-24T18:39:28.191Z", _ON_GCE
            ),
            _gitlab_component(
                "5b36e05f02d06804c0834a09", "API", "2023-06-24T18:39:28.189Z", _ON_GCE
            ),
            _gitlab_component(
                "5b36e07afc1f0804be9d754d",
                "Container Registry",
                "2023-06-29T03:39:49.823Z",
                _ON_GCE,
            ),
            _gitlab_component(
                "5c38362c5495bf472f8dfbae",
                "Support Services",
                "2023-06-07T13:32:47.560Z",
                (_ZENDESK, "Zendesk"),
            ),
        ],
        "incidents": [],
        "maintenance": {
            "active": [],
            "upcoming": [
                {
                    "name": "CI Cluster PostgreSQL 14 Upgrade",
                    "_id": "649d8d7a6c2f36053b37055d",
                    "datetime_open": "2023-06-29T13:56:10.250Z",
                    "datetime_planned_start": "2023-07-08T14:00:00.000Z",
                    "datetime_planned_end": "2023-07-08T19:00:00.000Z",
                    "messages": [
                        {"state": 100, "status": 200, "datetime": "2023-06-29T13:56:10.282Z"}
                    ],
                    "containers_affected": [{"name": "Google Compute Engine", "_id": _GCE}],
                    "components_affected": [
                        {"name": "Website", "_id": "5b36dc6502d06804c0834a07"},
                        {"name": "API", "_id": "5b36e05f02d06804c0834a09"},
                    ],
                }
            ],
        },
    }
}
"""status.gitlab.com (status.io) of 2023-06-29, in a public client's tests. One container holds most
of its components."""

BLUESKY: Document = json.loads("""
{"status": "ok", "psp": {"perPage": 30, "totalMonitors": 52, "monitors": [
  {"monitorId": 796288296, "createdAt": 1706748387, "statusClass": "success",
   "name": "agaric.us-west.host.bsky.network", "url": null, "type": "HTTP(s)",
   "dailyRatios": [{"ratio": "99.546", "label": "warning"}],
   "90dRatio": {"ratio": "99.994", "label": "warning"},
   "30dRatio": {"ratio": "99.983", "label": "warning"}, "hasIncidentComments": false},
  {"monitorId": 795277183, "createdAt": 1694622216, "statusClass": "black",
   "name": "api.events.bsky.app", "url": null, "type": "HTTP(s)",
   "dailyRatios": [{"ratio": "0.000", "label": "black"}]}]}}
""")
"""status.bsky.app (UptimeRobot) of April 2025, in a public client's tests: 52 monitors, of which 30
come, one of them paused."""

UPPTIME: Document = json.loads("""
[{"name": "Voice Server", "url": "https://bettercrewl.ink/",
  "icon": "https://raw.githubusercontent.com/OhMyGuus/BetterCrewLink/nightly/src/renderer/logos/BCL-Logo-shadow.svg",
  "slug": "voice-server", "status": "up", "uptime": "100.00%", "uptimeDay": "100.00%",
  "uptimeWeek": "100.00%", "uptimeMonth": "100.00%", "uptimeYear": "100.00%", "time": 532,
  "timeDay": 496, "timeWeek": 513, "timeMonth": 527, "timeYear": 532, "dailyMinutesDown": {}},
 {"name": "OBS Overlay", "url": "https://obs.bettercrewlink.app/",
  "icon": "https://raw.githubusercontent.com/ottomated/CrewLink/master/resources/icon.png",
  "slug": "obs-overlay", "status": "up", "uptime": "99.92%", "uptimeDay": "100.00%",
  "uptimeWeek": "100.00%", "uptimeMonth": "100.00%", "uptimeYear": "99.92%", "time": 530,
  "timeDay": 475, "timeWeek": 492, "timeMonth": 515, "timeYear": 530,
  "dailyMinutesDown": {"2021-10-26": 118, "2021-09-02": 53}}]
""")
"""history/summary.json of github.com/MatadorProBr/BetterCrewLink-status at 000437b041fa, late
in 2021."""

UPPTIME_DOWN: Document = json.loads("""
[{"name": "Abatır", "url": "https://abatir.$MAIN_DOMAIN",
  "icon": "https://favicons.githubusercontent.com/abatir.", "slug": "abatir", "status": "down",
  "uptime": "100.00%", "uptimeDay": "100.00%", "uptimeWeek": "100.00%",
  "uptimeMonth": "100.00%", "uptimeYear": "100.00%", "time": 498, "timeDay": 0, "timeWeek": 0,
  "timeMonth": 760, "timeYear": 498, "dailyMinutesDown": {}}]
""")
"""The same of github.com/haliliceylan/uptime-haliliceylan at 001db4943ca3: down, with every ratio
at 100 %."""

BOSCH: list[Document] = [
    {"data": {"status": "success", "message": "All Systems Operational"}},
    {
        "data": [
            json.loads("""
{"id": 1, "name": "Bosch IoT Things (EU-1)",
 "description": "Managed inventory of digital twins for IoT device assets",
 "link": "https://www.bosch-iot-suite.com/things/", "status": 1, "order": 16, "group_id": 1,
 "enabled": true, "meta": null, "created_at": "2018-06-15 13:09:48",
 "updated_at": "2020-04-20 08:30:02", "deleted_at": null, "status_name": "Operational",
 "tags": {"": ""}}
""")
        ]
    },
    {"data": []},
    {"data": []},
]
"""A component of status.bosch-iot-suite.com (Cachet 2) of 2020, in a public client's source. What
stands around it is after Cachet's documentation."""

GATUS_TROUBLE: Document = json.loads(r"""
[{"name":"name","group":"group","key":"group_name","results":[
  {"status":200,"hostname":"example.org","duration":750000000,"errors":["error-1","error-2"],
   "conditionResults":[{"condition":"[STATUS] == 200","success":true},
    {"condition":"[RESPONSE_TIME] \u003c 500","success":false},
    {"condition":"[CERTIFICATE_EXPIRATION] \u003c 72h","success":false}],
   "success":false,"timestamp":"0001-01-01T00:00:00Z"}]}]
""")
GATUS_FINE: Document = json.loads(r"""
[{"name":"name","group":"group","key":"group_name","results":[
  {"status":200,"hostname":"example.org","duration":150000000,
   "conditionResults":[{"condition":"[STATUS] == 200","success":true},
    {"condition":"[RESPONSE_TIME] \u003c 500","success":true},
    {"condition":"[CERTIFICATE_EXPIRATION] \u003c 72h","success":true}],
   "success":true,"timestamp":"0001-01-01T00:00:00Z"}]}]
""")
GATUS_EMPTY: Document = json.loads("""
[{"name":"name","group":"group","key":"group_name","results":[]}]
""")
"""What Gatus itself answers, as the tests of its API have it (2026)."""

ALL: list[tuple[str, list[Document], State]] = [
    ("better_stack", [BETTER_STACK], "ok"),
    ("slack", [SLACK], "ok"),
    ("instatus", INSTATUS, "ok"),
    ("google", [GOOGLE_WORKSPACE], "degraded"),
    ("google", [GOOGLE_CLOUD], "partial"),
    ("google", [GOOGLE_CLOUD_OVER], "ok"),
    ("statuspage", [GITHUB], "degraded"),
    ("incident_io", [OPENAI], "ok"),
    ("status_io", [GITLAB], "ok"),
    ("uptime_robot", [BLUESKY], "unknown"),
    ("upptime", [UPPTIME], "ok"),
    ("upptime", [UPPTIME_DOWN], "major"),
    ("cachet2", BOSCH, "ok"),
    ("gatus", [GATUS_TROUBLE, {}], "major"),
    ("gatus", [GATUS_FINE, {}], "ok"),
    ("gatus", [GATUS_EMPTY, {}], "unknown"),
]
