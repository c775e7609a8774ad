"""`app.browser`: is the default browser set so that one can log in with it?"""

from __future__ import annotations

from checks.browser.collect import collect
from checks.browser.facts import BrowserFact
from checks.browser.problems import SETTINGS
from checks.browser.rules import judge
from diag.model import Check

CHECK = Check(
    name="app.browser",
    fact=BrowserFact,
    collect=collect,
    judge=judge,
    problems=SETTINGS,
    timeout_s=4.0,
)
