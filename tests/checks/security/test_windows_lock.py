"""The screen's lock on Windows: what the registry tells, as captured and one by one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from checks.security.windows_lock import (
    DESKTOP,
    DESKTOP_POLICY,
    LIMITS,
    SCHEMES,
    WAKE_POLICY,
)
from diag.model import Failed
from tests.checks.security.paper import (
    CAPTURES,
    GROUPED_LOCK,
    PLAN_LOCK,
    RECORDED,
    codes,
    collect,
    judged,
    windows,
)

LOCKS: list[dict[str, Any]] = msgspec.json.decode((CAPTURES / "windows-lock.json").read_bytes())
OFF = {"ACSettingIndex": 0, "DCSettingIndex": 0}
SECURE = {"ScreenSaveActive": "1", "ScreenSaverIsSecure": "1"}
NEVER = 0xFFFFFFFF


@pytest.mark.parametrize("capture", LOCKS, ids=[each["name"] for each in LOCKS])
def test_screen_lock_of_windows_as_captured(capture: dict[str, Any]) -> None:
    host = windows(lock=capture["keys"])
    assert collect(host).screen_lock is capture["asks"]
    assert codes(judged(host)) == ([] if capture["asks"] else ["screen_lock.off"])


@pytest.mark.parametrize(
    ("keys", "asks"),
    [
        ({}, True),
        ({WAKE_POLICY: OFF}, False),
        ({PLAN_LOCK: OFF}, False),
        ({GROUPED_LOCK: OFF}, False),
        ({SCHEMES: None, PLAN_LOCK: OFF}, True),
        ({WAKE_POLICY: {"ACSettingIndex": 0}}, True),
        ({WAKE_POLICY: {"ACSettingIndex": 1, "DCSettingIndex": 1}, PLAN_LOCK: OFF}, True),
        ({WAKE_POLICY: OFF, PLAN_LOCK: {"ACSettingIndex": 1, "DCSettingIndex": 1}}, False),
        ({PLAN_LOCK: OFF, LIMITS: {"InactivityTimeoutSecs": 900}}, True),
        ({PLAN_LOCK: OFF, LIMITS: {"InactivityTimeoutSecs": 0}}, False),
        ({PLAN_LOCK: OFF, DESKTOP: SECURE}, True),
        ({PLAN_LOCK: OFF, DESKTOP: {**SECURE, "ScreenSaveActive": "0"}}, False),
        ({PLAN_LOCK: OFF, DESKTOP: {"ScreenSaverIsSecure": "1"}}, True),
        ({PLAN_LOCK: OFF, DESKTOP_POLICY: SECURE}, True),
        ({PLAN_LOCK: OFF, DESKTOP: SECURE, DESKTOP_POLICY: {"ScreenSaverIsSecure": "0"}}, False),
        ({PLAN_LOCK: OFF, DESKTOP: {"DelayLockInterval": 300}}, True),
        ({PLAN_LOCK: OFF, DESKTOP: {"DelayLockInterval": NEVER}}, False),
        ({DESKTOP: {"DelayLockInterval": NEVER}}, True),
        ({PLAN_LOCK: OFF, DESKTOP: Failed("denied", "read the registry")}, None),
    ],
)
def test_screen_lock_of_windows(keys: dict[str, Any], asks: bool | None) -> None:
    """Said only where nothing is left that would ask."""
    host = windows(lock=keys)
    assert collect(host).screen_lock is asks
    found = judged(host)
    assert codes(found) == (["screen_lock.off"] if asks is False else [])
    assert all((each.args["how"], each.confidence) == ("lock", "likely") for each in found)


def test_what_stands_on_a_desk_has_no_battery_to_wake_up_on() -> None:
    plugged_in = {WAKE_POLICY: {"ACSettingIndex": 0}}
    assert RECORDED["another maker's"]["batteries"] == 0
    assert collect(windows("another maker's", lock=plugged_in)).screen_lock is False
    assert collect(windows("nothing", lock=plugged_in)).screen_lock is True


def test_a_server_locks_nobody_out() -> None:
    assert collect(windows(kind="Server", lock={PLAN_LOCK: OFF})).screen_lock is None
