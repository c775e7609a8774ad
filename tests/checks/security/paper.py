"""A Windows on paper and what is said of its protection: what these tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from checks.security import CHECK, SecurityFact
from checks.security.windows import LOGON, SECURE_BOOT, VERSION
from checks.security.windows_lock import (
    CONSOLE_LOCK,
    DESKTOP,
    DESKTOP_POLICY,
    LIMITS,
    NO_SUBGROUP,
    SCHEMES,
    WAKE_POLICY,
)
from diag.model import Fact, Finding, Unmeasured
from tests.support import (
    PaperHost,
    context,
    findings,
    replay,
    view,
    windows_answers,
)

CAPTURES = Path(__file__).parents[2] / "recorded" / "security"
RECORDED: dict[str, dict[str, Any]] = msgspec.json.decode((CAPTURES / "windows.json").read_bytes())
PLAN = "381b4222-f694-41f0-9685-ff5bb260df2e"
PLAN_LOCK = rf"{SCHEMES}\{PLAN}\{CONSOLE_LOCK}"
GROUPED_LOCK = rf"{SCHEMES}\{PLAN}\{NO_SUBGROUP}\{CONSOLE_LOCK}"
UNLOCKED: dict[str, Any] = {
    LIMITS: None,
    DESKTOP: {"ScreenSaveActive": "1"},
    DESKTOP_POLICY: None,
    WAKE_POLICY: None,
    SCHEMES: {"ActivePowerScheme": PLAN},
    PLAN_LOCK: None,
    GROUPED_LOCK: None,
}
"""What the registry of a Windows holds of the screen's lock that nobody has set anything of."""


def collect(host: PaperHost) -> SecurityFact:
    return CHECK.collect(host, context())


def judged(host: PaperHost, *others: Fact) -> list[Finding]:
    fact = collect(host)
    return findings(CHECK, fact, view(fact, *others, os=host.family))


def open_codes(host: PaperHost) -> dict[str, str]:
    fact = collect(host)
    judgements = CHECK.judge(fact, view(fact, os=host.family))
    return {each.code: each.reason for each in judgements if isinstance(each, Unmeasured)}


def codes(found: list[Finding]) -> list[str]:
    return [each.code for each in found]


def windows(
    recorded: str = "defender alone",
    processes: tuple[str, ...] = (),
    lock: dict[str, Any] | None = None,
    **registry: Any,
) -> PaperHost:
    keys: dict[str, Any] = {
        **UNLOCKED,
        VERSION: {"InstallationType": registry.get("kind", "Client")},
        SECURE_BOOT: {"UEFISecureBootEnabled": registry.get("secure_boot", 1)},
        LOGON: {"AutoAdminLogon": registry.get("auto_logon", "0")},
        **(lock or {}),
    }
    return replay(
        os="windows",
        commands=windows_answers(**RECORDED.get(recorded, {})),
        registry=keys,
        processes=("svchost.exe", "explorer.exe", *processes),
    )
