"""Does the browser keep the user from logging in, or take another way than diag did?

A setting that is merely unusual is no finding: cookies, JavaScript and barred addresses count for
the app's login page alone, another way only where there is a symptom and diag's own way worked.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.app.facts import AppFact
from checks.browser.facts import (
    BrowserFact,
    BrowserSettings,
    OwnProxy,
    SetBy,
    SiteSettings,
)
from checks.browser.problems import (
    BARRED,
    COOKIES_BLOCKED,
    JAVASCRIPT_BLOCKED,
    PATH_DIFFERS,
    TOLD_BY_SETTINGS,
    UNSEEN,
)
from checks.endpoint.facts import EndpointFact
from checks.proxy import ProxyFact
from diag.model import (
    DEVICE,
    Args,
    Confidence,
    Finding,
    Judgement,
    PathInfo,
    Severity,
    Unmeasured,
    View,
    endpoint_subject,
)


def judge(fact: BrowserFact, view: View) -> Iterator[Judgement]:
    """No finding where the user logs in elsewhere: on a phone, or in the app."""
    if fact.brand == "safari" and fact.tunnel is not None:
        yield PathInfo(relay=fact.tunnel == "private_relay")
    if view.answers.device == "phone" or view.answers.client == "app":
        return
    if fact.settings is None:
        failure = fact.settings_failure
        for problem in TOLD_BY_SETTINGS:
            reason = failure.code if failure else "needs_missing"
            yield Unmeasured(code=problem.code, subject=DEVICE, reason=reason)
        if _closed(fact) and _needs_browser(view):
            yield Finding(code=UNSEEN.code, subject=DEVICE, args=_browser(fact))
    else:
        for site in fact.settings.sites:
            yield from _site(site, fact, view)
    yield from _other_way(fact, view)


def _closed(fact: BrowserFact) -> bool:
    """Whether the system keeps Safari's settings to itself, and so to the user's own eyes."""
    failure = fact.settings_failure
    return fact.engine == "safari" and failure is not None and failure.code == "denied"


def _site(site: SiteSettings, fact: BrowserFact, view: View) -> Iterator[Judgement]:
    subject = endpoint_subject(site.endpoint)
    severity: Severity | None = None if _needs_browser(view) else "warning"

    def finding(code: str, by: SetBy, confidence: Confidence = "likely") -> Finding:
        args = {**_browser(fact), "host": site.host, **_set_by(by)}
        return Finding(
            code=code, subject=subject, args=args, severity=severity, confidence=confidence
        )

    untold = fact.settings_failure.code if fact.settings_failure else "unsupported"
    if site.cookies is None:
        yield Unmeasured(code=COOKIES_BLOCKED.code, subject=subject, reason=untold)
    elif site.cookies == "blocked":
        yield finding(COOKIES_BLOCKED.code, site.cookies_by)
    if site.javascript is None:
        yield Unmeasured(code=JAVASCRIPT_BLOCKED.code, subject=subject, reason=untold)
    elif not site.javascript:
        yield finding(JAVASCRIPT_BLOCKED.code, site.javascript_by)
    if site.barred:
        yield finding(BARRED.code, "policy")


def _needs_browser(view: View) -> bool:
    """Whether the user came to log in with this PC's browser, as far as that is known."""
    if view.answers.symptom is None:
        return False
    if view.answers.client == "browser":
        return True
    if getattr(view.profile.install, view.os.family, None) is None:
        return True
    app = view.find(AppFact)
    return app is not None and not any(each.copies or each.failure for each in app.installed)


# --- another way ---


def _other_way(fact: BrowserFact, view: View) -> Iterator[Judgement]:
    if view.answers.symptom is None:
        return
    args = _differences(fact, view.find(ProxyFact))
    if not args:
        return
    works = _works(view)
    if works is None:
        yield Unmeasured(code=PATH_DIFFERS.code, subject=DEVICE, reason="needs_missing")
    if not works:
        return
    another_address = args.get("proxy") is not None or args.get("tunnel") is not None
    suspected = another_address or view.answers.works_elsewhere is True
    surely_used = another_address and view.answers.client == "browser"
    yield Finding(
        code=PATH_DIFFERS.code,
        subject=DEVICE,
        args={**_browser(fact), **args},
        confidence="likely" if surely_used else "possible",
        severity=None if suspected else "info",
    )


def _works(view: View) -> bool | None:
    """Whether diag itself reached what login needs, on the way that it took."""
    fact = view.find(EndpointFact)
    if fact is None:
        return None
    needed = {each.id for each in view.profile.login_endpoints()}
    probes = [each for each in fact.endpoints if each.id in needed]
    return bool(probes) and all(
        any(probe.healthy for probe in endpoint.probes()) for endpoint in probes
    )


def _differences(fact: BrowserFact, system: ProxyFact | None) -> Args:
    """What the browser does otherwise than this PC; empty if nothing."""
    args: Args = {}
    by: SetBy = "default"
    if fact.tunnel in ("private_relay", "browser_vpn"):
        args["tunnel"] = fact.tunnel
        by = "user"
    if fact.settings is not None:
        by = _own_settings(fact.settings, system, args) or by
    return {**dict.fromkeys(("tunnel", "proxy", "dns")), **args, **_set_by(by)} if args else {}


def _own_settings(settings: BrowserSettings, system: ProxyFact | None, args: Args) -> SetBy | None:
    by: SetBy | None = None
    if settings.dns.mode in ("preferred", "only"):
        args["dns"] = settings.dns.mode
        args["dns_server"] = settings.dns.server
        by = settings.dns.by
    if _own_way(settings.proxy, system):
        args["proxy"] = settings.proxy.mode
        args["proxy_server"] = settings.proxy.server
        by = settings.proxy.by
    return by


def _own_way(proxy: OwnProxy, system: ProxyFact | None) -> bool:
    """Whether this is another proxy than the system's."""
    if proxy.mode in ("system", "detect"):
        return False
    if proxy.mode == "direct":
        return system is not None and system.may_be_used
    if proxy.mode == "script":
        return system is None or system.source != "pac"
    entry = system.https or system.http if system is not None else None
    return entry is None or (entry.host, entry.port) != (proxy.server, proxy.port)


# --- args ---


def _browser(fact: BrowserFact) -> Args:
    """The browser's name for the texts; each engine is an arg of its own, for its own steps."""
    return {
        "browser": fact.name or None,
        "brand": fact.brand,
        "chromium": fact.name if fact.engine == "chromium" and fact.brand != "edge" else None,
        "edge": fact.name if fact.brand == "edge" else None,
        "firefox": fact.name if fact.engine == "firefox" else None,
        "safari": fact.name if fact.engine == "safari" else None,
        "settings": _ADDRESSES.get(fact.brand),
    }


_ADDRESSES = {
    "chrome": "chrome",
    "chromium": "chromium",
    "edge": "edge",
    "brave": "brave",
    "vivaldi": "vivaldi",
    "opera": "opera",
}
"""How the address of a Chromium browser's settings begins: `chrome://settings`."""


def _set_by(by: SetBy) -> Args:
    return {
        "managed": by if by == "policy" else None,
        "extension": by if by == "extension" else None,
    }
