"""What the tests of phones share: a device on paper whose adb server is a real one on loopback."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from checks.phone import CHECK
from checks.phone.facts import PhoneFact
from diag.app_profile import AppProfile
from diag.model import Context, Finding, Judgement, Unmeasured
from tests.checks.phone.adb_server import AdbServer, answers_of, playing
from tests.support import PaperHost, context, profile_from, replay

RECORDED = Path(__file__).parents[2] / "recorded" / "phone"
PACKAGE = "test.app.example"
PROFILE = profile_from(
    {
        "install": {"android": {"package": PACKAGE}, "ios": {"bundle_id": PACKAGE}},
        "permissions": {"needs": ["camera", "notifications"]},
    }
)


def recorded(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def galaxy() -> dict[str, str]:
    """A phone on which much is wrong."""
    return answers_of(RECORDED / "galaxy-android12.txt")


def pixel() -> dict[str, str]:
    """A phone on which all is well."""
    return answers_of(RECORDED / "pixel-android14.txt")


def pc(port: int, **device: Any) -> PaperHost:
    env = {"ANDROID_ADB_SERVER_PORT": str(port), **device.pop("env", {})}
    return replay(env=env, network=True, **device)


def looked(server: AdbServer, *, seconds: float = 5.0, **device: Any) -> PhoneFact:
    """What the check learns with this server on this PC."""
    with playing(server):
        return CHECK.collect(pc(server.port, **device), ready(seconds=seconds))


def ready(*facts: Any, profile: AppProfile = PROFILE, seconds: float = 5.0) -> Context:
    return context(profile, *facts, seconds=seconds)


def through_a_report(fact: PhoneFact) -> PhoneFact:
    return msgspec.json.decode(msgspec.json.encode(fact), type=PhoneFact)


def found(judgements: Iterable[Judgement]) -> dict[str, Finding]:
    return {each.code: each for each in judgements if isinstance(each, Finding)}


def left_open(judgements: Iterable[Judgement]) -> dict[str, str]:
    return {each.code: each.reason for each in judgements if isinstance(each, Unmeasured)}
