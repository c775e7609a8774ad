"""`app.browser.version`: is the default browser as new as its maker's newest?"""

from __future__ import annotations

from checks.browser.facts import BrowserFact
from checks.browser.newest.collect import NewestFact, collect
from checks.browser.newest.rules import judge
from checks.browser.problems import OUTDATED
from checks.proxy import ProxyFact
from diag.model import Check

CHECK = Check(
    name="app.browser.version",
    fact=NewestFact,
    collect=collect,
    judge=judge,
    problems=(OUTDATED,),
    needs=(BrowserFact, ProxyFact),
    uses_network=True,
    timeout_s=5.0,
)
