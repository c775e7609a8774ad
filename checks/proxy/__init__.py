"""`proxy`: is a proxy configured, and does it let us through?"""

from __future__ import annotations

from checks.proxy.collect import ProxyEntry, ProxyFact, ProxyProbe, collect
from checks.proxy.rules import PROBLEMS, judge
from checks.proxy.servers import ProxyServer, Settings
from checks.proxy.settings import read_settings, server_for
from checks.proxy.tunnel import TunnelAnswer, authorization, open_tunnel
from diag.host import Host
from diag.model import Check, Context, Failed

__all__ = [
    "CHECK",
    "ProxyEntry",
    "ProxyFact",
    "ProxyProbe",
    "ProxyServer",
    "Settings",
    "TunnelAnswer",
    "authorization",
    "open_tunnel",
    "proxy_for",
    "read_settings",
]


def proxy_for(host: Host, ctx: Context, url: str) -> ProxyServer | None:
    """The proxy, with its credentials, that programs use for this URL; None: a direct connection.

    Read afresh from the device, since credentials stand in no fact; the proxy check's fact, if it
    is there, only spares the reading where it found no proxy. What cannot be read counts as direct.
    """
    fact = ctx.find(ProxyFact)
    if fact is not None and not fact.may_be_used:
        return None
    try:
        return server_for(host, read_settings(host), url)
    except Failed:
        return None


CHECK = Check(
    name="proxy",
    fact=ProxyFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    uses_network=True,
    timeout_s=5.0,
)
