"""What the probes of the endpoints mean, each layer judged where it was the first to fail."""

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
from checks.internet import InternetFact
from checks.status.problems import DEGRADED, MAINTENANCE
from checks.support import support_args
from diag.app_profile import Endpoint
from diag.model import (
    PATH,
    Args,
    Confidence,
    Crossed,
    Finding,
    Judgement,
    Layer,
    Severity,
    Unmeasured,
    View,
    endpoint_subject,
)

PROBLEM_ROLES = ("login", "api", "reset")
"""What the user came for; a plain web page that fails is a warning."""

SLOW_S = 5.0
"""An answer that takes longer feels broken to most people."""


def judge(fact: EndpointFact, view: View) -> Iterator[Judgement]:
    roles = {endpoint.id: endpoint for endpoint in view.profile.endpoint}
    whole = _Whole(fact, view)
    yield from whole.crossed()
    yield from whole.about_the_path()
    for probe in fact.endpoints:
        endpoint = roles.get(probe.id)
        if endpoint is not None:
            yield from _One(probe, endpoint, whole, view).judgements()


def _answers(probe: EndpointProbe) -> bool:
    """Whether the host was met beyond doubt, or at least said something over HTTP."""
    return any(each.verified or each.healthy for each in probe.probes())


class _Whole:
    """What all endpoints together say about the way to them."""

    def __init__(self, fact: EndpointFact, view: View) -> None:
        self.fact = fact
        self.view = view
        self.internet = view.find(InternetFact)

    def crossed(self) -> Iterator[Crossed]:
        for endpoint in self.fact.endpoints:
            for family in endpoint.families:
                subject = endpoint_subject(endpoint.id, family.family)
                if any(each.verified for each in family.probes):
                    yield Crossed(layer=Layer.TLS, subject=subject)
                elif any(each.tcp == "ok" and each.scope == "global" for each in family.probes):
                    yield Crossed(layer=Layer.GATEWAY, subject=subject)

    def others_answer(self, host: str) -> bool:
        """Evidence that the way works: some other host answered."""
        if self.internet is not None and self.internet.works:
            return True
        return any(_answers(other) and other.host != host for other in self.fact.endpoints)

    def names_work(self, host: str) -> bool:
        """Evidence that names resolve: some other one did."""
        others = (other for other in self.fact.endpoints if other.host != host)
        if any(
            family.resolve == "ok" and not _literal(other)
            for other in others
            for family in other.families
        ):
            return True
        return self.internet is not None and any(
            probe.layer != "resolve" and not probe.via_proxy for probe in self.internet.probes
        )

    def port_blocked(self) -> bool:
        """TLS fails to connect everywhere, while plain web pages come back."""
        secure = [each for each in self.fact.endpoints if each.tls and each.port == 443]
        if not secure or any(each.proxied for each in secure) or self.internet is None:
            return False
        silent = all(
            each.probes()
            and all(
                probe.tcp in ("timeout", "refused", "reset", "prohibited")
                for probe in each.probes()
            )
            for each in secure
        )
        landmarks = [each for each in self.internet.connects if each.port == 443]
        elsewhere = [each for each in landmarks if each.outcome == "connected"]
        hosts = {each.host for each in secure} | {each.address for each in landmarks}
        return silent and not elsewhere and len(hosts) > 1 and self.internet.works

    def about_the_path(self) -> Iterator[Finding]:
        if self.port_blocked():
            hosts = sorted({each.host for each in self.fact.endpoints if each.tls})
            yield Finding(
                code=problems.PORT_BLOCKED.code,
                subject=PATH,
                args={"port": 443, "hosts": hosts},
                confidence="likely",
            )
        yield from self._broken_family("ipv6", "ipv4", problems.IPV6_BROKEN.code)
        yield from self._broken_family("ipv4", "ipv6", problems.IPV4_BROKEN.code)

    def _broken_family(self, family: str, other: str, code: str) -> Iterator[Finding]:
        """One family fails for every host that has it, and the other one works."""
        tried = [
            (endpoint, each)
            for endpoint in self.fact.endpoints
            for each in endpoint.families
            if each.family == family and each.usable and each.probes and not endpoint.proxied
        ]
        works_otherwise = any(
            each.family == other and any(probe.tcp == "ok" for probe in each.probes)
            for endpoint in self.fact.endpoints
            for each in endpoint.families
        ) or (
            self.internet is not None
            and any(
                each.family == other and each.outcome == "expected" for each in self.internet.probes
            )
        )
        landmarks = self.internet.connects if self.internet is not None else ()
        connected = any(each.family == family and each.outcome == "connected" for each in landmarks)
        failed = tried and all(probe.tcp != "ok" for _, each in tried for probe in each.probes)
        if not failed or connected or not works_otherwise:
            return
        hosts = sorted({endpoint.host for endpoint, _ in tried})
        also_elsewhere = any(each.family == family for each in landmarks)
        if len(hosts) < 2 and not also_elsewhere:
            return
        yield Finding(
            code=code,
            subject=f"{PATH}/{family}",
            args={"hosts": hosts},
            confidence="certain" if also_elsewhere else "likely",
        )


def _literal(probe: EndpointProbe) -> bool:
    return probe.host.replace(".", "").isdigit() or ":" in probe.host


class _One:
    """One endpoint: where its best way ended."""

    def __init__(self, probe: EndpointProbe, endpoint: Endpoint, whole: _Whole, view: View) -> None:
        self.probe = probe
        self.endpoint = endpoint
        self.whole = whole
        self.view = view
        self.subject = endpoint_subject(probe.id)

    @property
    def severity(self) -> Severity | None:
        return None if self.endpoint.role in PROBLEM_ROLES else "warning"

    def judgements(self) -> Iterator[Judgement]:
        ways = [
            each for each in self.probe.families if each.usable and each.resolve != "no_address"
        ]
        missing = len(self.probe.families) < (1 if self.probe.proxied else 2)
        if any(probe.healthy for probe in self.probe.probes()):
            yield from self._one_family_out(ways)
            yield from self._slow()
            return
        reached = [probe for each in ways for probe in each.probes]
        if not reached:
            yield from self._unresolved(missing)
            return
        yield from self._failed(reached)
        if missing:
            yield Unmeasured(code=problems.UNREACHABLE.code, subject=self.subject, reason="timeout")

    # --- names ---

    def _unresolved(self, missing: bool) -> Iterator[Judgement]:
        outcomes = {each.resolve for each in self.probe.families if each.usable}
        if not outcomes or outcomes == {"ok"}:
            yield Unmeasured(
                code=problems.UNREACHABLE.code,
                subject=self.subject,
                reason="timeout" if missing else "unreachable",
            )
            return
        gone = outcomes <= {"no_name", "no_address"} and not missing
        outcome = next(
            each
            for each in ("timeout", "failed", "no_name", "no_address", "ok")
            if each in outcomes
        )
        yield self._finding(problems.UNRESOLVED.code, {"outcome": outcome})
        if gone and self.whole.names_work(self.probe.host):
            yield self._finding(
                problems.HOST_MISSING.code, {"outcome": outcome}, confidence="likely"
            )

    # --- the furthest that any way came ---

    def _failed(self, reached: Sequence[AddressProbe]) -> Iterator[Judgement]:
        answered = [each.http for each in reached if each.http and each.http.outcome == "ok"]
        if answered:
            yield from self._answer(answered)
            return
        spoken = [each for each in reached if each.tls is not None]
        refused = [each.tls for each in spoken if each.tls and each.tls.outcome in _TLS_CODES]
        if refused:
            yield self._tls(refused[0])
            return
        cut_off = [each.http for each in reached if each.http is not None]
        if any(each.outcome == "client_certificate_required" for each in cut_off):
            yield self._finding(problems.CLIENT_CERTIFICATE.code, {})
            return
        yield from self._silent(reached)

    def _silent(self, reached: Sequence[AddressProbe]) -> Iterator[Judgement]:
        """No answer that says why. Blocked and down look alike from here."""
        step, how = _where_it_ended(reached)
        args: Args = {
            "step": step,
            "how": how,
            "port": self.probe.port,
            "addresses": len({each.address for each in reached}),
        }
        yield self._finding(problems.UNREACHABLE.code, args)
        if self.whole.port_blocked() or not self.whole.others_answer(self.probe.host):
            return
        if self.probe.proxied and step == "tcp":
            return
        if how == "prohibited":
            yield self._finding(problems.HOST_BLOCKED.code, args, confidence="likely")
        elif how == "refused":
            yield self._finding(problems.UNRESPONSIVE.code, args, confidence="likely")
        else:
            yield self._finding(problems.HOST_BLOCKED.code, args, confidence="possible")
            yield self._finding(problems.UNRESPONSIVE.code, args, confidence="possible")

    # --- TLS ---

    def _tls(self, exchange: TlsExchange) -> Finding:
        certificate = exchange.certificate
        args: Args = {"which": exchange.outcome, "checked_at": self.view.taken_at.isoformat()}
        if certificate is not None:
            args |= {
                "not_before": certificate.not_before.isoformat(),
                "not_after": certificate.not_after.isoformat(),
                "issuer": certificate.issuer_organisation or certificate.issuer or None,
                "names": list(certificate.names[:5]) or None,
            }
        code = _TLS_CODES[exchange.outcome]
        if code == problems.UNTRUSTED.code and self._contradicts(exchange):
            code = problems.INTERCEPTED.code
            args["expected_issuers"] = list(self.endpoint.ca_issuer)
        return self._finding(code, args)

    def _contradicts(self, exchange: TlsExchange) -> bool:
        """Whether the profile names the issuers and this is none of them."""
        expected = self.endpoint.ca_issuer
        certificate = exchange.certificate
        if not expected or certificate is None:
            return False
        shown = {certificate.issuer_organisation, certificate.issuer, *exchange.chain}
        return not shown & set(expected)

    # --- HTTP ---

    def _answer(self, answered: Sequence[HttpExchange]) -> Iterator[Judgement]:
        """Not one of the answers is a healthy one; the first is what most programs would get."""
        first = answered[0]
        args: Args = {
            "status": first.status,
            "title": first.title or None,
            "times": len(answered),
            "retry_after_s": first.retry_after_s,
            "request_id": _request_id(first),
        }
        code, confidence = _code_of(first, len(answered))
        yield self._finding(code, args, confidence=confidence)

    # --- it works, but ---

    def _one_family_out(self, ways: Sequence[FamilyProbe]) -> Iterator[Judgement]:
        for each in ways:
            if each.probes and not any(probe.tcp == "ok" for probe in each.probes):
                step, how = _where_it_ended(each.probes)
                yield self._finding(
                    problems.UNREACHABLE.code,
                    {
                        "step": step,
                        "how": how,
                        "port": self.probe.port,
                        "addresses": len(each.probes),
                        "family": each.family,
                    },
                    family=each.family,
                    severity="warning",
                )

    def _slow(self) -> Iterator[Judgement]:
        healthy = [
            probe.http for probe in self.probe.probes() if probe.healthy and probe.http is not None
        ]
        quickest = min(each.took_s for each in healthy)
        if quickest > SLOW_S:
            args: Args = {"took_s": round(quickest, 1)}
            yield self._finding(DEGRADED.code, args, confidence="possible", severity="warning")

    def _finding(
        self,
        code: str,
        args: Args,
        *,
        confidence: Confidence = "certain",
        family: str | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        return Finding(
            code=code,
            subject=endpoint_subject(self.probe.id, family) if family else self.subject,
            args={"host": self.probe.host, **args, **support_args(self.view.profile)},
            confidence=confidence,
            severity=severity or self.severity,
        )


_TLS_CODES: dict[str, str] = {
    "expired": problems.EXPIRED.code,
    "not_yet_valid": problems.EXPIRED.code,
    "wrong_host": problems.WRONG_HOST.code,
    "unknown_issuer": problems.UNTRUSTED.code,
    "self_signed": problems.UNTRUSTED.code,
    "strict_only": problems.UNTRUSTED.code,
    "chain_incomplete": problems.CHAIN_INCOMPLETE.code,
    "too_old": problems.TOO_OLD.code,
    "client_certificate_required": problems.CLIENT_CERTIFICATE.code,
}


def _where_it_ended(reached: Sequence[AddressProbe]) -> tuple[str, str]:
    """The furthest step that any address let us take, and how that ended."""
    for each in reached:
        if each.http is not None:
            return "http", each.http.outcome
    for each in reached:
        if each.tls is not None:
            return "tls", each.tls.outcome
    outcomes = [each.tcp for each in reached]
    order = ("prohibited", "refused", "reset", "timeout", "unreachable", "failed", "ok")
    return "tcp", next(outcome for outcome in order if outcome in outcomes)


def _code_of(answer: HttpExchange, times: int) -> tuple[str, Confidence]:
    """What an answer that is not the healthy one stands for."""
    status = answer.status
    if status == 429:
        return problems.RATE_LIMITED.code, "certain"
    if answer.says == "maintenance":
        return MAINTENANCE.code, "likely"
    if answer.sorry or answer.says == "busy":
        return problems.BUSY.code, "likely"
    if status in (403, 451) or answer.says == "blocked":
        return problems.REJECTS_CLIENT.code, "possible"
    if status >= 500:
        return problems.ERROR.code, "certain" if times > 1 else "likely"
    return problems.ERROR.code, "possible"


def _request_id(answer: HttpExchange) -> str | None:
    for name in ("x-request-id", "cf-ray", "x-amz-cf-id"):
        if name in answer.headers:
            return answer.headers[name]
    return None
