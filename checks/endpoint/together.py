"""What all endpoints together, and the internet check beside them, say about the way to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from checks.dns import DnsFact
from checks.dns.rules import SLOW, SLOW_S
from checks.endpoint import problems
from checks.endpoint.facts import AddressProbe, EndpointFact, EndpointProbe, TlsExchange
from checks.endpoint.probe import HTTPS_PORT
from checks.firewall.facts import FirewallFact, Hit
from checks.firewall.past import commands
from checks.gateway import GatewayFact
from checks.internet import InternetFact
from diag.model import (
    PATH,
    Args,
    Confidence,
    Crossed,
    Finding,
    Judgement,
    Layer,
    View,
    endpoint_subject,
)
from diag.net.addresses import is_address
from diag.net.resolve import Family

COMMANDS_SHOWN = 4
FEW_NAMES = 2
"""One alone may have a name server of its own that is silent."""
OTHER: dict[Family, Family] = {"ipv4": "ipv6", "ipv6": "ipv4"}
BROKEN: dict[Family, str] = {
    "ipv4": problems.IPV4_BROKEN.code,
    "ipv6": problems.IPV6_BROKEN.code,
}


class Together:
    """broken: address families that work for no endpoint, while the other one works. passed_over:
    those of them that this device itself refuses, as VPNs refuse IPv6; programs take the other.
    port_blocked: no connection to port 443 anywhere, while plain web pages come back.
    """

    def __init__(self, fact: EndpointFact, view: View) -> None:
        self._endpoints = fact.endpoints
        self._landmarks = fact.landmarks
        self._internet = view.find(InternetFact)
        self._dns = view.find(DnsFact)
        self._firewall = view.find(FirewallFact)
        self.port_blocked = self._is_port_blocked()
        self.broken = frozenset(family for family in OTHER if self._is_broken(family))
        gateway = view.find(GatewayFact)
        barred = self.broken.intersection(gateway.barred if gateway is not None else ())
        self.passed_over = frozenset(each for each in barred if not self._is_needed(each))

    def judgements(self) -> Iterator[Judgement]:
        yield from self._crossed()
        if self.port_blocked:
            hosts = sorted({each.host for each in self._https()})
            own = self._own_rules()
            yield Finding(
                code=problems.PORT_BLOCKED.code,
                subject=PATH,
                args={"port": HTTPS_PORT, "hosts": hosts, **own_rule_args(own)},
                confidence="certain" if own else "likely",
                where="device" if own else None,
            )
        yield from self._half_names()
        for family in sorted(self.broken - self.passed_over):
            yield Finding(
                code=BROKEN[family],
                subject=f"{PATH}/{family}",
                args={"hosts": sorted({each.host for each, _ in self._tried(family)})},
                confidence=self._sureness(family),
            )

    def _half_names(self) -> Iterator[Finding]:
        """Servers that keep silent where one family is asked for: programs ask for both, and wait
        for both answers (RFC 4074, 4.1).
        """
        asked = {
            each.host: [family for family in each.families if family.usable]
            for each in self._endpoints
            if not each.proxied and not is_address(each.host)
        }
        ended = [{family.resolve for family in families} for families in asked.values()]
        if len(ended) < FEW_NAMES or any(each != {"ok", "timeout"} for each in ended):
            return
        if self._dns is not None and self._dns.system.took_s > SLOW_S:
            return  # said by the check of names
        host, families = next(iter(asked.items()))
        took_s = max(family.resolve_s for family in families)
        yield Finding(
            code=SLOW.code,
            subject=PATH,
            args={"name": host, "system": "timeout", "took_s": round(took_s, 1), "silent": None},
            confidence="likely",
        )

    def _crossed(self) -> Iterator[Crossed]:
        """A connection alone proves little: portals take any."""
        for endpoint in self._endpoints:
            for each in endpoint.families:
                subject = endpoint_subject(endpoint.id, each.family)
                if any(probe.verified for probe in each.probes):
                    yield Crossed(layer=Layer.TLS, subject=subject)
                elif any(_is_recognised(probe) for probe in each.probes):
                    yield Crossed(layer=Layer.PROXY, subject=subject)
                elif not endpoint.proxied and any(
                    probe.tcp == "ok" and probe.scope == "global" for probe in each.probes
                ):
                    yield Crossed(layer=Layer.GATEWAY, subject=subject)

    # --- evidence for what is said of one endpoint ---

    def works_beside(self, endpoint: EndpointProbe) -> bool:
        """Evidence that the way works: another host answers. To this device itself there is none
        that could fail.
        """
        if self._internet is not None and self._internet.works:
            return True
        if any(probe.scope == "loopback" for probe in endpoint.probes()):
            return True
        others = (each for each in self._endpoints if each.host != endpoint.host)
        return any(probe.verified or probe.healthy for each in others for probe in each.probes())

    def names_work(self, host: str) -> bool:
        """Evidence that names resolve: another one did."""
        if self._dns is not None and self._dns.names_work:
            return True
        others = [each for each in self._endpoints if each.host != host and not each.proxied]
        if any(
            family.resolve == "ok" and not is_address(each.host)
            for each in others
            for family in each.families
        ):
            return True
        return self._internet is not None and any(
            probe.layer != "resolve" and not probe.via_proxy for probe in self._internet.probes
        )

    def one_issuer_for_all(self, exchange: TlsExchange) -> bool:
        """Whether several hosts, and all that showed a certificate, show ones of this unknown
        issuer: so does who stands before all of them.
        """
        if exchange.certificate is None:
            return False
        shown = [
            (each.host, probe.tls)
            for each in self._endpoints
            for probe in each.probes()
            if probe.tls is not None and (probe.tls.outcome == "ok" or probe.tls.certificate)
        ]
        issuer = (exchange.certificate.issuer_organisation, exchange.certificate.issuer)
        same = all(
            tls.outcome == exchange.outcome
            and tls.certificate is not None
            and (tls.certificate.issuer_organisation, tls.certificate.issuer) == issuer
            for _, tls in shown
        )
        return same and len({host for host, _ in shown}) > 1

    # --- the port ---

    def _https(self) -> list[EndpointProbe]:
        return [each for each in self._endpoints if each.tls and each.port == HTTPS_PORT]

    def _is_port_blocked(self) -> bool:
        endpoints = self._https()
        internet = self._internet
        if internet is None or not internet.works or any(each.proxied for each in endpoints):
            return False
        known = (*internet.connects, *self._landmarks)
        landmarks = [each for each in known if each.port == HTTPS_PORT]
        if not landmarks or any(each.outcome == "connected" for each in landmarks):
            return False
        probes = [[*_usable_probes(each)] for each in endpoints]
        silent = all(each and all(probe.tcp != "ok" for probe in each) for each in probes)
        return bool(endpoints) and silent

    def _own_rules(self) -> tuple[Hit, ...]:
        """The rules of this device's own firewall, if every endpoint is stopped by some."""
        if self._firewall is None:
            return ()
        hits = [
            self._firewall.stops(each.id, {probe.address for probe in _usable_probes(each)})
            for each in self._https()
        ]
        return tuple(chain.from_iterable(hits)) if all(hits) else ()

    # --- the families ---

    def _tried(self, family: Family) -> list[tuple[EndpointProbe, tuple[AddressProbe, ...]]]:
        return [
            (endpoint, each.probes)
            for endpoint in self._endpoints
            for each in endpoint.families
            if each.family == family and each.usable and each.probes and not endpoint.proxied
        ]

    def _is_broken(self, family: Family) -> bool:
        tried = self._tried(family)
        if not tried or self._connects(family) or not self._connects(OTHER[family]):
            return False
        hosts = {endpoint.host for endpoint, _ in tried}
        return len(hosts) > 1 or self._sureness(family) == "certain"

    def _is_needed(self, family: Family) -> bool:
        """Whether an endpoint has no address of the other one."""
        others = {endpoint.id for endpoint, _ in self._tried(OTHER[family])}
        return any(endpoint.id not in others for endpoint, _ in self._tried(family))

    def _connects(self, family: Family) -> bool:
        """Whether anything at all came about over this family."""
        landmarks = self._internet.connects if self._internet is not None else ()
        pages = self._internet.probes if self._internet is not None else ()
        return (
            any(probe.tcp == "ok" for _, probes in self._tried(family) for probe in probes)
            or any(each.family == family and each.outcome == "connected" for each in landmarks)
            or any(each.family == family and each.outcome != "no_answer" for each in pages)
        )

    def _sureness(self, family: Family) -> Confidence:
        """Certain if well-known addresses were out of reach as well."""
        landmarks = self._internet.connects if self._internet is not None else ()
        return "certain" if any(each.family == family for each in landmarks) else "likely"


def own_rule_args(hits: Sequence[Hit]) -> Args:
    """What is said of rules of this device's own firewall; all None if there are none."""
    return {
        "rule": hits[0].rule or None if hits else None,
        "firewall": hits[0].maker if hits else None,
        "commands": commands(hits)[:COMMANDS_SHOWN] or None,
    }


def _usable_probes(endpoint: EndpointProbe) -> Iterator[AddressProbe]:
    return (probe for each in endpoint.families if each.usable for probe in each.probes)


def _is_recognised(probe: AddressProbe) -> bool:
    return probe.healthy and probe.http is not None and probe.http.recognised is True
