"""What the probes of the endpoints mean, each endpoint judged where its best way ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.endpoint import problems
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.endpoint.silence import Silence, silence_of
from checks.endpoint.together import Together, own_rule_args
from checks.firewall.facts import FirewallFact, Hit
from checks.names import folded
from checks.security.facts import SecurityFact, WebFilter
from checks.status.problems import DEGRADED, MAINTENANCE
from checks.support import page_of, support_args
from diag.app_profile import AppProfile, Endpoint
from diag.model import (
    Args,
    Confidence,
    FailureCode,
    Finding,
    Judgement,
    Severity,
    Unmeasured,
    View,
    Where,
    endpoint_subject,
)
from diag.net.resolve import Family

PROBLEM_ROLES = ("login", "api", "reset")
"""What the user came for; a plain web page that fails beside it is a warning."""

SLOW_S = 5.0
"""An answer that takes longer feels broken to most people."""

NAMES_SHOWN = 5


def judge(fact: EndpointFact, view: View) -> Iterator[Judgement]:
    declared = {endpoint.id: endpoint for endpoint in view.profile.endpoint}
    together = Together(fact, view)
    yield from together.judgements()
    for probe in fact.endpoints:
        endpoint = declared.get(probe.id)
        if endpoint is not None:
            yield from _One(probe, endpoint, together, view).judgements()


def _came_for(endpoint: Endpoint, profile: AppProfile) -> bool:
    roles = {each.role for each in profile.endpoint}
    return endpoint.role in PROBLEM_ROLES or not roles & set(PROBLEM_ROLES)


class _One:
    """One endpoint."""

    def __init__(
        self, probe: EndpointProbe, endpoint: Endpoint, together: Together, view: View
    ) -> None:
        self.probe = probe
        self.endpoint = endpoint
        self.together = together
        self.view = view
        self.subject = endpoint_subject(probe.id)

    def judgements(self) -> Iterator[Judgement]:
        usable = [each for each in self.probe.families if each.usable]
        missing = len(self.probe.families) < (1 if self.probe.proxied else 2)
        if self.probe.failure is not None:
            yield self._unmeasured(problems.UNREACHABLE.code, self.probe.failure.code)
        elif any(probe.healthy for probe in self.probe.probes()):
            yield from self._works(usable)
        elif any(each.probes for each in usable):
            yield from self._failed(usable)
        else:
            yield from self._unresolved(usable, missing)

    # --- names ---

    def _unresolved(self, usable: Sequence[FamilyProbe], missing: bool) -> Iterator[Judgement]:
        outcomes = {each.resolve for each in usable}
        if missing or not outcomes - {"ok"}:
            yield self._unmeasured(
                problems.UNREACHABLE.code, "timeout" if missing else "unreachable"
            )
            return
        order = ("timeout", "failed", "no_name", "no_address")
        args: Args = {"outcome": next(each for each in order if each in outcomes)}
        yield self._finding(problems.UNRESOLVED.code, args)

    # --- nothing healthy: the furthest that any way came ---

    def _failed(self, usable: Sequence[FamilyProbe]) -> Iterator[Judgement]:
        probes = [probe for each in usable for probe in each.probes]
        spoken = self._spoken(probes)
        if spoken is not None:
            yield spoken
            return
        silence = silence_of(probes)
        family = self._broken_family(usable)
        yield self._finding(
            problems.UNREACHABLE.code, self._silence_args(silence, probes), family=family
        )
        if family or self.together.port_blocked or not self.together.works_beside(self.probe):
            return
        hits = self._own_rules(probes)
        if hits:
            yield self._finding(
                problems.HOST_BLOCKED.code,
                {**self._silence_args(silence, probes), **own_rule_args(hits)},
                where="device",
            )
            return
        for code, confidence in silence.suspects:
            yield self._finding(code, self._silence_args(silence, probes), confidence=confidence)

    def _own_rules(self, probes: Sequence[AddressProbe]) -> tuple[Hit, ...]:
        """The rules of this device's own firewall that stop every way there, if that was seen."""
        firewall = self.view.find(FirewallFact)
        if firewall is None:
            return ()
        return firewall.stops(self.probe.id, {each.address for each in probes if each.address})

    def _broken_family(self, usable: Sequence[FamilyProbe]) -> Family | None:
        """The one family that this endpoint has, if that is broken for all of them."""
        tried = {each.family for each in usable if each.probes}
        return next(iter(tried)) if len(tried) == 1 and tried <= self.together.broken else None

    def _spoken(
        self,
        probes: Sequence[AddressProbe],
        family: Family | None = None,
        severity: Severity | None = None,
    ) -> Judgement | None:
        """What a server said of itself: by its page, else by its certificate, else by an alert."""
        answers = [each.http for each in probes if each.http and each.http.outcome == "ok"]
        whole = [each for each in answers if not each.late]
        if whole:
            return self._answer(whole, family, severity)
        if answers:
            return None
        for each in probes:
            if each.tls is not None and each.tls.outcome in _TLS_CODES:
                return self._tls(each.tls, family, severity)
        if any(each.http and each.http.outcome in _TLS_CODES for each in probes):
            code, confidence = _TLS_CODES["client_certificate_required"]
            return self._finding(code, {}, confidence=confidence, family=family, severity=severity)
        return None

    def _silence_args(self, silence: Silence, probes: Sequence[AddressProbe]) -> Args:
        waited = max((each.tcp_s for each in probes if each.tcp == "timeout"), default=None)
        return {
            "step": silence.step,
            "how": silence.how,
            "port": self.probe.port,
            "addresses": sorted({each.address for each in probes if each.address}) or None,
            "waited_s": round(waited, 1) if waited is not None else None,
            "own_rules": self._own_rules_unseen(),
            "by_name": "answered" if silence.by_name else None,
        }

    def _own_rules_unseen(self) -> FailureCode | None:
        """Where an administrator would see more."""
        firewall = self.view.find(FirewallFact)
        unseen = firewall.rules.code if firewall and firewall.rules else None
        return unseen if unseen == "needs_admin" else None

    # --- TLS ---

    def _tls(
        self, exchange: TlsExchange, family: Family | None, severity: Severity | None
    ) -> Finding:
        code, confidence = _TLS_CODES[exchange.outcome]
        if code == problems.UNTRUSTED.code:
            if self._is_foreign(exchange):
                code, confidence = problems.INTERCEPTED.code, "certain"
            elif self.together.one_issuer_for_all(exchange):
                code = problems.INTERCEPTED.code
        own = self._own_filter(exchange) if code == problems.INTERCEPTED.code else None
        return self._finding(
            code,
            {**self._certificate_args(exchange), **_filter_args(own)},
            confidence="certain" if own else confidence,
            family=family,
            severity=severity,
            where="device" if own else None,
        )

    def _own_filter(self, exchange: TlsExchange) -> WebFilter | None:
        """The program on this device that signed what was shown."""
        security, shown = self.view.find(SecurityFact), exchange.certificate
        if security is None or shown is None:
            return None
        return security.filter_of((shown.issuer_organisation, shown.issuer, *exchange.chain))

    def _certificate_args(self, exchange: TlsExchange) -> Args:
        certificate = exchange.certificate
        args: Args = {"which": exchange.outcome, "checked_at": self.view.taken_at.isoformat()}
        if certificate is not None:
            start, end = certificate.not_before.isoformat(), certificate.not_after.isoformat()
            args |= {
                "not_before": start,
                "not_after": end,
                "valid_from": start if exchange.outcome == "not_yet_valid" else None,
                "expired_on": end if exchange.outcome == "expired" else None,
                "issuer": certificate.issuer_organisation or certificate.issuer or None,
                "names": list(certificate.names[:NAMES_SHOWN]) or None,
            }
        if self.endpoint.ca_issuer:
            args["expected_issuers"] = list(self.endpoint.ca_issuer)
        return args

    def _is_foreign(self, exchange: TlsExchange) -> bool:
        """Whether the profile says who issues, and nobody in this chain is one of them."""
        expected = {folded(each) for each in self.endpoint.ca_issuer}
        certificate = exchange.certificate
        if not expected or certificate is None:
            return False
        if exchange.outcome == "ok" and not exchange.chain:
            return False
        shown = {certificate.issuer_organisation, certificate.issuer, *exchange.chain}
        return not expected & {folded(each) for each in shown}

    def _watched(self, usable: Sequence[FamilyProbe]) -> Iterator[Judgement]:
        """A chain that holds, but at a root that came from somebody else than the vendor's."""
        for probe in (probe for each in usable for probe in each.probes):
            exchange = probe.tls
            if exchange is None or exchange.outcome != "ok":
                continue
            added = exchange.added_root is True and not self.endpoint.ca_issuer
            if added or self._is_foreign(exchange):
                root = exchange.chain[-1] if exchange.chain else None
                own = self._own_filter(exchange)
                args = {**self._certificate_args(exchange), "root": root, **_filter_args(own)}
                yield self._finding(
                    problems.INTERCEPTED.code,
                    args,
                    severity="warning",
                    where="device" if own else None,
                )
                return

    # --- HTTP ---

    def _answer(
        self, answers: Sequence[HttpExchange], family: Family | None, severity: Severity | None
    ) -> Judgement:
        """None of the answers is a healthy one; the first is what most programs would get."""
        first = answers[0]
        told = _code_of(first, len(answers))
        if told is None:
            return self._unmeasured(problems.ERROR.code, "unparsable")
        code, confidence = told
        args: Args = {
            "status": first.status,
            "server_fault": first.status if first.status >= 500 else None,
            "page_title": first.title or None,
            "times": len(answers),
            "retry_after_s": first.retry_after_s,
            "request_id": _request_id(first),
        }
        return self._finding(code, args, confidence=confidence, family=family, severity=severity)

    # --- it works, but ---

    def _works(self, usable: Sequence[FamilyProbe]) -> Iterator[Judgement]:
        yield from self._watched(usable)
        for each in usable:
            if each.family in self.together.passed_over:
                continue
            if each.probes and not any(probe.healthy for probe in each.probes):
                yield from self._one_family_out(each)
        failing, tried = self._unsteady(usable)
        quickest = min(each.took_s for each in self._healthy())
        if failing or quickest > SLOW_S:
            args: Args = {
                "took_s": round(quickest, 1) if quickest > SLOW_S else None,
                "failing": failing or None,
                "tried": tried,
            }
            yield self._finding(DEGRADED.code, args, confidence="possible", severity="warning")

    def _healthy(self) -> list[HttpExchange]:
        return [each.http for each in self.probe.probes() if each.http and each.http.healthy]

    def _unsteady(self, usable: Sequence[FamilyProbe]) -> tuple[int, int]:
        """Attempts that failed in families that work, and all attempts there."""
        working = [each for each in usable if any(probe.healthy for probe in each.probes)]
        probes = [probe for each in working for probe in each.probes]
        return sum(not probe.healthy for probe in probes), len(probes)

    def _one_family_out(self, out: FamilyProbe) -> Iterator[Judgement]:
        """Programs fall back to the other family if no connection comes about (RFC 8305), not if
        there is one and it then fails; and they take IPv6 first.
        """
        stops = out.family == "ipv6" and any(each.tcp == "ok" for each in out.probes)
        severity: Severity | None = None if stops else "warning"
        spoken = self._spoken(out.probes, out.family, severity or self._severity)
        if spoken is not None:
            yield spoken
            return
        yield self._finding(
            problems.UNREACHABLE.code,
            self._silence_args(silence_of(out.probes), out.probes),
            family=out.family,
            severity=severity,
        )

    # --- findings ---

    @property
    def _severity(self) -> Severity | None:
        return None if _came_for(self.endpoint, self.view.profile) else "warning"

    def _unmeasured(self, code: str, reason: FailureCode) -> Unmeasured:
        return Unmeasured(code=code, subject=self.subject, reason=reason)

    def _finding(
        self,
        code: str,
        args: Args,
        *,
        confidence: Confidence = "certain",
        family: Family | None = None,
        severity: Severity | None = None,
        where: Where | None = None,
    ) -> Finding:
        return Finding(
            code=code,
            subject=endpoint_subject(self.probe.id, family) if family else self.subject,
            args={
                "host": self.probe.host,
                "page_url": page_of(self.endpoint, self.view.profile),
                "family": family,
                **args,
                **support_args(self.view.profile),
            },
            confidence=confidence,
            severity=severity or self._severity,
            where=where,
        )


def _filter_args(own: WebFilter | None) -> Args:
    return {"product": own.name if own else None, "product_kind": own.kind if own else None}


_TLS_CODES: dict[str, tuple[str, Confidence]] = {
    "expired": (problems.EXPIRED.code, "certain"),
    "not_yet_valid": (problems.EXPIRED.code, "certain"),
    "wrong_host": (problems.WRONG_HOST.code, "likely"),
    "unknown_issuer": (problems.UNTRUSTED.code, "likely"),
    "self_signed": (problems.UNTRUSTED.code, "likely"),
    "untrusted": (problems.UNTRUSTED.code, "likely"),
    "chain_incomplete": (problems.CHAIN_INCOMPLETE.code, "likely"),
    "too_old": (problems.TOO_OLD.code, "certain"),
    "client_certificate_required": (problems.CLIENT_CERTIFICATE.code, "possible"),
}
"""Likely: it is seen for certain, but not whether the network or the vendor did it. Possible: a
browser may have the certificate that diag does not show.
"""


def _code_of(answer: HttpExchange, times: int) -> tuple[str, Confidence] | None:
    """What an answer that is not the healthy one stands for; None if that cannot be told."""
    status = answer.status
    if status == 429:
        return problems.RATE_LIMITED.code, "certain"
    if answer.says == "maintenance":
        return MAINTENANCE.code, "likely"
    if answer.sorry:
        return problems.BUSY.code, "certain"
    if answer.says == "busy":
        return problems.BUSY.code, "likely"
    if status in (403, 451) or answer.says == "blocked":
        return problems.REJECTS_CLIENT.code, "possible"
    if status >= 500:
        return problems.ERROR.code, "certain" if times > 1 else "likely"
    return None if answer.expected else (problems.ERROR.code, "possible")


def _request_id(answer: HttpExchange) -> str | None:
    for name in ("x-request-id", "cf-ray", "x-amz-cf-id"):
        if name in answer.headers:
            return answer.headers[name]
    return None
