"""How far the browser is behind. A few releases are nothing: updates reach people over days, and
wait for the browser to be closed."""

from __future__ import annotations

from collections.abc import Iterator

from checks.browser.facts import BrowserFact
from checks.browser.newest.collect import NewestFact
from checks.browser.problems import OUTDATED
from checks.browser.version import parts
from diag.model import DEVICE, Args, Finding, Judgement, Severity, Unmeasured, View

NOTED = 3
"""Releases behind from which it is worth a note: its updates do not come."""
RISKY = 8
"""From which it is a risk, and a reason for pages not to work: 16 weeks of Chrome and more."""


def judge(fact: NewestFact, view: View) -> Iterator[Judgement]:
    browser = view.find(BrowserFact)
    if browser is None or browser.brand != fact.brand or browser.version is None:
        yield Unmeasured(code=OUTDATED.code, subject=DEVICE, reason="needs_missing")
        return
    args: Args = {
        "browser": browser.name,
        "brand": browser.brand,
        "installed": browser.version,
        "newest": fact.version,
        "asked_at": fact.asked_at.isoformat(),
        "unserved": browser.version if fact.version is None else None,
    }
    if fact.version is None:
        yield Finding(code=OUTDATED.code, subject=DEVICE, args=args)
        return
    behind = _behind(browser.version, fact.version, esr=browser.esr)
    if behind is None:
        yield Unmeasured(code=OUTDATED.code, subject=DEVICE, reason="unparsable")
    elif behind >= NOTED:
        severity: Severity | None = None if behind >= RISKY else "info"
        args["behind"] = behind
        yield Finding(code=OUTDATED.code, subject=DEVICE, args=args, severity=severity)


def _behind(installed: str, newest: str, *, esr: bool) -> int | None:
    """Releases: by the first number of a version, of Firefox's slow channel by the second."""
    ours, theirs = parts(installed), parts(newest)
    if ours is None or theirs is None:
        return None
    place = 1 if esr else 0
    return (*theirs, 0)[place] - (*ours, 0)[place]
