"""Windows: which one it is, what the Update Agent knows, what waits for a restart."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.device import DeviceFact
from checks.os import CHECK
from checks.os.end_of_life import table
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.os.windows.release import CURRENT_VERSION, WindowsRelease, read_release
from checks.os.windows.restart import (
    CONFIGURATION_MANAGER,
    KEYS,
    NAMES,
    NETLOGON,
    RUN_ONCE,
    SERVICES_PENDING,
)
from checks.os.windows.updates import POLICY, SERVICE, SETTINGS
from diag.host import RegistryKey
from diag.model import Failed, Finding, RemedyContext, Unmeasured
from tests.support import context, replay, view, windows_answers

RECORDED = Path(__file__).parents[2] / "recorded" / "os"
AGENT = json.loads((RECORDED / "windows-update-agent.json").read_text())
UPDATES = json.loads((RECORDED / "windows-updates.json").read_text())
CAPTURED = json.loads((RECORDED / "windows-captured.json").read_text())
NOTHING = {"result": 2, "updates": []}
PRODUCTS = {"Windows Defender": "8c3fcc84-7410-4a95-8b89-a166a0190486"}
"""What the captures name, by its number."""

PRO_25H2: dict[str, Any] = {
    "CurrentBuild": "26200",
    "CurrentBuildNumber": "26200",
    "UBR": 7171,
    "DisplayVersion": "25H2",
    "ReleaseId": "2009",
    "EditionID": "Professional",
    "InstallationType": "Client",
    "ProductName": "Windows 10 Pro",
}
HEALTHY: dict[str, Any] = {
    CURRENT_VERSION: PRO_25H2,
    **{path: None for path, _ in KEYS},
    SERVICES_PENDING: None,
    RUN_ONCE: {"OneDrive": "setup.exe"},
    CONFIGURATION_MANAGER: None,
    NETLOGON: {"Start": 3},
    rf"{NAMES}\ActiveComputerName": {"ComputerName": "PC-1"},
    rf"{NAMES}\ComputerName": {"ComputerName": "PC-1"},
    SETTINGS: {"IsExpedited": 0},
    POLICY: None,
    SERVICE: {"Start": 3},
}


def collected(
    registry: dict[str, Any] | None = None, root: bool = False, **sections: Any
) -> OsFact:
    given = {"update_agent": AGENT, "updates": NOTHING, **sections}
    answers = windows_answers(**{k: v for k, v in given.items() if v is not None})
    host = replay("windows", answers, registry={**HEALTHY, **(registry or {})}, root=root)
    return CHECK.collect(host, context())


def found(fact: OsFact) -> dict[str, Finding]:
    seen = view(fact, os="windows")
    return {each.code: each for each in CHECK.judge(fact, seen) if isinstance(each, Finding)}


def unknown(fact: OsFact) -> dict[str, str]:
    judged = CHECK.judge(fact, view(fact, os="windows"))
    return {each.code: each.reason for each in judged if isinstance(each, Unmeasured)}


def release(**changes: Any) -> WindowsRelease:
    held = {name: value for name, value in {**PRO_25H2, **changes}.items() if value is not None}
    return read_release(replay("windows", registry={CURRENT_VERSION: held}))


# --- release ------------------------------------------------------------------------------------


def test_nothing_to_say() -> None:
    fact = collected()
    assert (fact.name, fact.version) == ("Windows 11 Pro 25H2", "10.0.26200.7171")
    assert fact.life == table().systems["windows"]["11-25h2-w"]
    assert fact.restart == Restart(pending=False)
    assert found(fact) == {}
    assert unknown(fact) == {}


@pytest.mark.parametrize(
    ("changes", "name", "listed"),
    [
        ({}, "Windows 11 Pro 25H2", "11-25h2-w"),
        ({"EditionID": "CoreSingleLanguage"}, "Windows 11 Home Single Language 25H2", "11-25h2-w"),
        ({"EditionID": "Education"}, "Windows 11 Education 25H2", "11-25h2-e"),
        (
            {"CurrentBuild": "26100", "DisplayVersion": "24H2", "EditionID": "EnterpriseS"},
            "Windows 11 Enterprise LTSC 24H2",
            "11-24h2-e-lts",
        ),
        (
            {"CurrentBuild": "19045", "DisplayVersion": "22H2", "EditionID": "Enterprise"},
            "Windows 10 Enterprise 22H2",
            "10-22h2",
        ),
        (
            {"CurrentBuild": "19044", "DisplayVersion": "21H2", "EditionID": "IoTEnterpriseS"},
            "Windows 10 IoT Enterprise LTSC 21H2",
            "10-21h2-iot-lts",
        ),
        (
            {"CurrentBuild": "17763", "DisplayVersion": None, "ReleaseId": "1809"}
            | {"EditionID": "IoTEnterpriseS"},
            "Windows 10 IoT Enterprise LTSC 1809",
            "10-1809-e-lts",
        ),
        (
            {"CurrentBuild": "10240", "DisplayVersion": None, "ReleaseId": None},
            "Windows 10 Pro 1507",
            "10-1507",
        ),
        (
            {"CurrentBuild": "20348", "InstallationType": "Server Core"}
            | {"ProductName": "Windows Server 2022 Datacenter"},
            "Windows Server 2022 Datacenter",
            "2022",
        ),
        ({"CurrentBuild": "29999", "DisplayVersion": "28H2"}, "Windows 11 Pro 28H2", None),
        ({"EditionID": "Andromeda"}, "Windows 11 Andromeda 25H2", None),
    ],
)
def test_release_by_its_build_and_edition(
    changes: dict[str, Any], name: str, listed: str | None
) -> None:
    """`ProductName` says Windows 10 on Windows 11, too."""
    known = release(**changes)
    assert (known.name, known.listed(table())) == (name, listed)


def test_release_as_captured_in_korea() -> None:
    """The values of a PC in a public protocol of 2026-10-05, which names no CurrentBuild."""
    captured: dict[str, str | int] = {
        "ProductName": "Windows 10 Home",
        "DisplayVersion": "25H2",
        "CurrentBuildNumber": "26200",
        "UBR": 9457,
        "EditionID": "Core",
    }
    known = read_release(replay("windows", registry={CURRENT_VERSION: captured}))
    assert (known.name, known.version) == ("Windows 11 Home 25H2", "10.0.26200.9457")
    assert known.listed(table()) == "11-25h2-w"


def test_without_a_build_nothing_is_known() -> None:
    with pytest.raises(Failed, match="unparsable"):
        release(CurrentBuild=None, CurrentBuildNumber=None)


def test_home_ends_before_enterprise() -> None:
    home = {"CurrentBuild": "26100", "DisplayVersion": "24H2", "EditionID": "Core"}
    ended = found(collected({CURRENT_VERSION: {**PRO_25H2, **home}}))["os.end_of_life"]
    assert (ended.args["name"], ended.args["ended"]) == ("Windows 11 Home 24H2", "2026-10-13")
    assert not enrolment_is_offered(ended)
    school = {**home, "EditionID": "Education"}
    assert "os.end_of_life" not in found(collected({CURRENT_VERSION: {**PRO_25H2, **school}}))


WINDOWS_10 = {**PRO_25H2, "CurrentBuild": "19045", "DisplayVersion": "22H2", "UBR": 6456}


def test_windows_10_that_has_no_extended_updates_yet() -> None:
    fact = collected({CURRENT_VERSION: WINDOWS_10})
    assert fact.extended_on is None
    ended = found(fact)["os.end_of_life"]
    assert (ended.args["ended"], ended.confidence) == ("2025-10-14", "likely")
    assert enrolment_is_offered(ended)


def enrolment_is_offered(finding: Finding) -> bool:
    (problem,) = (each for each in CHECK.problems if each.code == finding.code)
    asked = RemedyContext(finding, view(os="windows"), managed=None)
    return "os.enrol_windows" in {each.code for each in problem.remedies if each.applies(asked)}


@pytest.mark.parametrize(
    ("revision", "extended"), [(6456, None), (6466, None), (6575, True), (None, None)]
)
def test_windows_10_that_still_gets_security_updates(
    revision: int | None, extended: bool | None
) -> None:
    """Whichever way it was enrolled: the updates come. 6466 came to those who are not, too."""
    held = {**WINDOWS_10, "UBR": revision}
    fact = collected({CURRENT_VERSION: {k: v for k, v in held.items() if v is not None}})
    assert fact.extended_on is extended
    assert ("os.end_of_life" in found(fact)) is (extended is None)


def test_windows_11_has_no_extended_updates() -> None:
    assert collected().extended_on is None


# --- updates ------------------------------------------------------------------------------------


def test_pending_updates() -> None:
    """Neither what Defender learns every day nor the offer of a newer Windows counts."""
    fact = collected(updates=UPDATES)
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (3, 2)
    assert fact.patches.oldest_security == datetime(2026, 10, 13, tzinfo=UTC)
    assert fact.patches.listed == datetime(2026, 11, 22, 3, 12, 45, tzinfo=UTC)
    assert fact.patches.automatic == "all"
    assert fact.installed == datetime(2026, 11, 11, 18, 22, 31, tzinfo=UTC)
    assert found(fact)["os.updates_pending"].args["oldest_days"] == 40


def test_tries_that_failed_since_the_last_success() -> None:
    """A failure of before, and one of Defender's, are no matter any more."""
    assert collected(updates=UPDATES).failed == 0
    failed = {**AGENT["history"][2], "at": "2026-11-20T09:00:00"}
    of_defender = {**AGENT["history"][0], "at": "2026-11-20T10:00:00", "result": 4}
    history = [of_defender, failed, failed, *AGENT["history"]]
    fact = collected(update_agent={**AGENT, "history": history}, updates=UPDATES)
    assert found(fact)["os.updates_pending"].args["failed"] == 2


def test_agent_that_has_not_looked_for_weeks_cannot_tell() -> None:
    fact = collected(update_agent={**AGENT, "searched": "2026-10-01T00:00:00"})
    assert "os.updates_pending" in unknown(fact)
    assert found(fact)["os.updates_unchecked"].args["lists_age_days"] == 52


@pytest.mark.parametrize("searched", [None, "1899-12-30T00:00:00"])
def test_agent_that_never_looked(searched: str | None) -> None:
    fact = collected(update_agent={**AGENT, "searched": searched})
    assert set(unknown(fact)) == {"os.updates_pending", "os.updates_unchecked"}


@pytest.mark.parametrize("root", [False, True])
def test_agent_that_may_not_be_asked(root: bool) -> None:
    """Without rights one is told to come back with them; with them it is simply denied."""
    refused = Failed("needs_admin", "powershell")
    fact = collected(update_agent=refused, updates=refused, root=root)
    reason = "denied" if root else "needs_admin"
    assert unknown(fact) == {"os.updates_pending": reason, "os.updates_unchecked": reason}
    assert fact.restart == Restart(pending=False)


def test_constrained_language_mode_leaves_the_registry() -> None:
    """No COM there: what is pending is unknown, what waits for a restart is not."""
    fact = collected({KEYS[0][0]: {}}, update_agent=None, updates=None)
    assert unknown(fact)["os.updates_pending"] == "unsupported"
    assert found(fact)["os.restart_pending"].args["sign"] == "updates"


def test_search_that_is_too_slow_leaves_the_last_installation() -> None:
    """Two months without any are no good sign, whatever is pending."""
    stale = [{**each, "at": each["at"].replace("2026", "2025")} for each in AGENT["history"]]
    fact = collected(update_agent={**AGENT, "history": stale}, updates=None)
    assert fact.installed == datetime(2025, 11, 11, 18, 22, 31, tzinfo=UTC)
    finding = found(fact)["os.updates_stalled"]
    assert (finding.severity, finding.args["days"]) == (None, 375)
    assert "os.updates_stalled" not in found(collected(updates=None))
    known = collected(update_agent={**AGENT, "history": stale}, updates=UPDATES)
    assert "os.updates_stalled" not in found(known), "what is missing is known then"


def test_search_that_failed_tells_nothing() -> None:
    fact = collected(updates={"result": 4, "updates": []})
    assert unknown(fact)["os.updates_pending"] == "unsupported"
    assert fact.installed is not None


@pytest.mark.parametrize("said", [{"result": "?"}, [], {"result": 2, "updates": [{"kinds": 1}]}])
def test_answer_in_another_form(said: Any) -> None:
    assert unknown(collected(updates=said))["os.updates_pending"] == "unparsable"


@pytest.mark.parametrize(
    ("registry", "level", "automatic"),
    [
        ({}, 0, "all"),
        ({}, 1, "off"),
        ({}, 3, "download"),
        ({}, 9, None),
        ({POLICY: {"AUOptions": 2}}, 4, "off"),
        ({POLICY: {"NoAutoUpdate": 1}}, 4, "off"),
        ({SERVICE: {"Start": 4}}, 4, "off"),
    ],
)
def test_what_windows_installs_by_itself(
    registry: dict[str, Any], level: int, automatic: str | None
) -> None:
    fact = collected(registry, update_agent={**AGENT, "level": level})
    assert fact.patches is not None
    assert fact.patches.automatic == automatic


@pytest.mark.parametrize(
    ("registry", "how"),
    [({SERVICE: {"Start": 4}}, "service"), ({POLICY: {"NoAutoUpdate": 1}}, "policy")],
)
def test_updates_that_somebody_has_switched_off(registry: dict[str, Any], how: str) -> None:
    """Told by the registry: the Agent does not answer then."""
    fact = collected(registry, update_agent=None, updates=None)
    assert found(fact)["os.updates_off"].args["how"] == how
    managed = view(fact, DeviceFact(managed=True), os="windows")
    judged = [each for each in CHECK.judge(fact, managed) if isinstance(each, Finding)]
    assert "os.updates_off" not in {each.code for each in judged}


# --- as captured --------------------------------------------------------------------------------


def captured_history(*languages: str) -> list[dict[str, Any]]:
    """Public captures in the form of the section, as its script makes it of the same entries."""
    made = []
    for each in CAPTURED["history"]:
        if each["language"] in languages:
            number = re.search("KB[0-9]+", each["title"])
            kinds = [PRODUCTS[name] for name in each.get("categories", [])]
            kb = number[0] if number else None
            made.append({"at": each["at"], "result": each["result"], "kb": kb, "kinds": kinds})
    return made


def captured_agent(*languages: str) -> dict[str, Any]:
    return {**AGENT, "history": captured_history(*languages)}


@pytest.mark.parametrize(
    ("language", "installed", "failed"),
    [
        ("en", "2024-09-11T03:24:00+00:00", 0),
        ("de", "2024-04-26T20:07:35+00:00", 0),
        ("ja", None, 1),
        ("pl", None, 0),
    ],
)
def test_history_as_captured(language: str, installed: str | None, failed: int) -> None:
    """What Defender learns names its product alone there, or nothing at all; a Windows that has had
    nothing else has had no update. What waits for its restart is neither done nor failed."""
    fact = collected(update_agent=captured_agent(language))
    assert (fact.installed.isoformat() if fact.installed else None, fact.failed) == (
        installed,
        failed,
    )
    assert ("os.updates_stalled" in found(fact)) is (installed is not None)


def test_definitions_alone_are_no_update() -> None:
    history = [each for each in captured_history("en") if each["kb"] == "KB2267602"]
    assert len(history) == 2
    assert collected(update_agent={**AGENT, "history": history}).installed is None
    unnamed = [{**each, "kinds": []} for each in history]
    assert collected(update_agent={**AGENT, "history": unnamed}).installed is None
    renumbered = [{**each, "kb": None} for each in history]
    assert collected(update_agent={**AGENT, "history": renumbered}).installed is None


@pytest.mark.parametrize(
    "entry", CAPTURED["waiting"], ids=[e["title"] for e in CAPTURED["waiting"]]
)
def test_what_waits_as_captured(entry: dict[str, Any]) -> None:
    """`security`: as the capture's own words have it; None for what is no update of the system."""
    update = {k: entry[k] for k in ("severity", "published", "kinds") if k in entry}
    fact = collected(updates={"result": 2, "updates": [update]})
    assert fact.patches is not None
    waits = entry["security"] is not None
    assert (fact.patches.pending, fact.patches.security) == (waits, entry["security"] is True)


def test_critical_updates_mend_no_hole() -> None:
    urgent = {"severity": "", "kinds": ["e6cf1350-c01b-414d-a61f-263d14d133b4"]}
    fact = collected(updates={"result": 2, "updates": [urgent]})
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (1, 0)


# --- pauses -------------------------------------------------------------------------------------


def paused(until: str, **sections: Any) -> Finding | None:
    settings = {"PauseUpdatesExpiryTime": until, "PauseUpdatesStartTime": "2026-11-20T09:00:00Z"}
    return found(collected({SETTINGS: settings}, **sections)).get("os.updates_paused")


def test_short_pause_is_worth_a_word_only_while_something_waits() -> None:
    assert paused("2026-12-05T09:00:00Z") is None
    finding = paused("2026-12-05T09:00:00Z", updates=UPDATES)
    assert finding is not None
    assert finding.severity == "info"


def test_pause_for_a_hundred_years() -> None:
    """As public recipes against Windows Update write it."""
    finding = paused("2123-08-22T09:02:26Z")
    assert finding is not None
    assert (finding.severity, finding.args["until"]) == (None, "2123-08-22T09:02:26+00:00")


@pytest.mark.parametrize("until", ["2026-11-21T09:00:00Z", "", "soon"])
def test_pause_that_is_over_or_none(until: str) -> None:
    assert paused(until, updates=UPDATES) is None


# --- restart ------------------------------------------------------------------------------------


CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"


@pytest.mark.parametrize(
    ("path", "held", "sign"),
    [
        # As public tickets have them from Windows 10, 11, Server 2019 and 2022 (Ylianst/MeshCentral
        # 7986, chef/chef 3768, imabdk/Toast-Notification-Script 40): the key alone is the mark.
        (rf"{CURRENT}\WindowsUpdate\Auto Update\RebootRequired", {}, "updates"),
        (rf"{CURRENT}\Component Based Servicing\RebootPending", {}, "components"),
        (rf"{CURRENT}\Component Based Servicing\RebootInProgress", {}, "components"),
        (rf"{CURRENT}\Component Based Servicing\PackagesPending", {}, "components"),
        (r"HKLM\SOFTWARE\Microsoft\ServerManager\CurrentRebootAttempts", {}, "features"),
        (
            SERVICES_PENDING,
            RegistryKey(subkeys=("117cab2d-82b1-4b5a-a08c-4d62dbee7782",)),
            "updates",
        ),
        (CONFIGURATION_MANAGER, {"RebootBy": 1795348800}, "updates"),
        (RUN_ONCE, {"DVDRebootSignal": "1"}, "installer"),
        (NETLOGON, {"Start": 3, "JoinDomain": "corp.example"}, "domain"),
        (rf"{NAMES}\ComputerName", {"ComputerName": "PC-2"}, "rename"),
    ],
)
def test_restart_is_due(path: str, held: Any, sign: str) -> None:
    fact = collected({path: held})
    assert fact.restart.signs == (sign,)
    assert found(fact)["os.restart_pending"].args["sign"] == sign


def test_gravest_sign_comes_first() -> None:
    """In whichever order they are found; the text speaks of the first."""
    fact = collected({KEYS[1][0]: {}, KEYS[4][0]: {}, KEYS[0][0]: {}})
    assert fact.restart.signs == ("updates", "components", "features")


def test_agent_alone_says_that_a_restart_is_due() -> None:
    fact = collected(update_agent={**AGENT, "restart": True})
    assert fact.restart == Restart(pending=True, because="windows", signs=("updates",))


def test_what_is_no_reason_for_a_restart() -> None:
    """A case that differs is no new name; files that somebody wants gone, reports that are due and
    what Windows XP's installer left are not even asked for."""
    fact = collected({rf"{NAMES}\ComputerName": {"ComputerName": "pc-1"}})
    assert fact.restart == Restart(pending=False)


def test_marks_that_may_not_be_read_leave_it_open() -> None:
    denied = Failed("denied", "read the registry")
    assert collected({KEYS[1][0]: denied}).restart == Restart(pending=None)
    assert collected({KEYS[1][0]: denied, KEYS[0][0]: {}}).restart.pending is True
