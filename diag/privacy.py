"""What leaves the device leaves without private data, and stays a report that can be diagnosed.

`redact` replaces every private string of a snapshot by a stable token (`ip-1`, `ssid-1`): the same
value gives the same token within a report, so that relations stay. The kinds are declared by the
types of the facts' fields (`diag.model`). A final scan over all other text replaces and counts what
slipped through. The profile's hosts, diag's own well-known hosts and their global addresses are
public.
"""

from __future__ import annotations

import ipaddress
import re
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from diag.model import AnyCheck, Observation, Snapshot

WELL_KNOWN_HOSTS = frozenset(
    {
        "captive.apple.com",
        "connectivitycheck.gstatic.com",
        "www.msftconnecttest.com",
        "detectportal.firefox.com",
        "example.com",
        "www.example.com",
        "one.one.one.one",
        "dns.google",
        "dns.quad9.net",
        "itunes.apple.com",
        "apps.apple.com",
        "play.google.com",
        "time.apple.com",
        "localhost",
    }
)
"""Hosts that diag itself asks: naming them tells nothing about anyone."""

PUBLIC_ADDRESSES = frozenset(
    {"127.0.0.1", "::1", "0.0.0.0", "::", "127.0.0.53"}  # noqa: S104 - compared, never bound
)

_IPV4 = r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)"
_IPV6 = r"(?<![\w:.])(?=[0-9A-Fa-f]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{3,39}(?:%\w+)?(?![\w:])"
_SCAN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("secret", re.compile(r"(?P<keep>://)(?P<value>[^/\s@:]+:[^/\s@]+)(?=@)")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("uuid", re.compile(r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b")),
    ("mac", re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![\w:-])")),
    (
        "secret",
        re.compile(
            r"(?i)(?P<keep>\bbearer |\b(?:token|apikey|api_key|passwd|password|secret|session|sid)="
            r"|\bcookie: )(?P<value>[^\s&;,'\"]+)"
        ),
    ),
    ("query", re.compile(r"(?<=[\w/.-])\?[\w%.~+-]+=[^\s'\"<>)]*")),
    ("path", re.compile(r"(?:/home/|/Users/|[A-Za-z]:\\Users\\)[^/\\\s:'\"]+")),
    ("ip", re.compile(_IPV4)),
    ("ip", re.compile(_IPV6)),
)

_NEVER_PUBLIC = frozenset({"email", "uuid", "mac", "path", "secret"})

_KIND_BY_MARK = {"service_ip": "ip"}


class Redacted(Struct, frozen=True):
    """A snapshot that may leave, and how many values of each kind were replaced."""

    snapshot: Snapshot
    counts: dict[str, int]


class Redactor:
    """Hands out the tokens of one report."""

    def __init__(self, public_hosts: Iterable[str] = (), private: Iterable[str] = ()) -> None:
        self._public_hosts = WELL_KNOWN_HOSTS | {host.casefold() for host in public_hosts}
        self._tokens: dict[tuple[str, str], str] = {}
        self._numbers: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        words = sorted({word for word in private if len(word) > 2}, key=len, reverse=True)
        self._words = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words]

    def token(self, kind: str, value: str) -> str:
        """The stable stand-in for a value. An empty value stays empty."""
        if not value or self._is_token(value):
            return value
        self.counts[kind] += 1
        key = (kind, value.casefold())
        if key not in self._tokens:
            self._numbers[kind] += 1
            self._tokens[key] = f"{kind}-{self._numbers[kind]}"
        return self._tokens[key]

    def private(self, mark: str, value: str) -> str:
        """A private field's value, unless it is one of the public ones of its kind."""
        kind = _KIND_BY_MARK.get(mark, mark)
        if kind == "ip":
            if value in PUBLIC_ADDRESSES or (mark == "service_ip" and _is_global(value)):
                return value
        elif kind == "host" and self._is_public_host(value):
            return value
        return self.token(kind, value)

    def scan(self, text: str) -> str:
        """Free text with everything replaced that looks private."""
        for word in self._words:
            text = word.sub(lambda match: self.token("name", match.group()), text)
        for kind, pattern in _SCAN:
            text = pattern.sub(self._replacement(kind), text)
        return text

    def final_scan(self, text: str) -> str:
        """Declared public, looked at all the same: what cannot be meant is replaced.

        Addresses stay, since four-part versions look like them.
        """
        for kind, pattern in _SCAN:
            if kind in _NEVER_PUBLIC:
                text = pattern.sub(self._replacement(kind), text)
        return text

    def _replacement(self, kind: str) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            parts = match.groupdict()
            value = parts.get("value") or match.group()
            if kind == "ip" and (value in PUBLIC_ADDRESSES or not _is_address(value)):
                return value
            return (parts.get("keep") or "") + self.token(kind, value)

        return replace

    def _is_public_host(self, value: str) -> bool:
        return value.casefold().rstrip(".") in self._public_hosts

    @staticmethod
    def _is_token(value: str) -> bool:
        return re.fullmatch(r"[a-z]+-\d+", value) is not None


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_global(value: str) -> bool:
    try:
        return ipaddress.ip_address(value.partition("%")[0]).is_global
    except ValueError:
        return False


def redact(
    snapshot: Snapshot, checks: Mapping[str, AnyCheck], private_words: Iterable[str] = ()
) -> Redacted:
    """The snapshot without private data.

    `private_words` are values that only the device knows to be private wherever they appear: its
    host name, the user's name. Facts whose check is not installed are scanned as a whole.
    """
    redactor = Redactor(snapshot.profile.endpoint_hosts(), private_words)
    observations = {
        name: _observation(redactor, observation, checks.get(name))
        for name, observation in snapshot.observations.items()
    }
    answers = _walk(redactor, snapshot.answers, type(snapshot.answers))
    clean = msgspec.structs.replace(snapshot, observations=observations, answers=answers)
    return Redacted(clean, dict(sorted(redactor.counts.items())))


def _observation(
    redactor: Redactor, observation: Observation, check: AnyCheck | None
) -> Observation:
    failure = _walk(redactor, observation.failure, type(observation.failure))
    fact = observation.fact
    if fact is not None:
        if check is not None and isinstance(fact, check.fact):
            fact = _walk(redactor, fact, check.fact)
        else:
            fact = _scan_all(redactor, fact)
    return msgspec.structs.replace(observation, fact=fact, failure=failure)


def privacy_mark(annotation: object) -> str | None:
    """What an annotation declares of its strings: public, text, or a private kind."""
    if get_origin(annotation) is Annotated:
        for meta in get_args(annotation)[1:]:
            if isinstance(meta, Meta) and meta.extra and "privacy" in meta.extra:
                return str(meta.extra["privacy"])
    return None


def _walk(redactor: Redactor, value: Any, annotation: Any) -> Any:
    """The value with its strings replaced as its type says; undeclared strings are scanned."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    mark = privacy_mark(annotation)
    inner = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    if isinstance(value, str):
        return _string(redactor, value, mark or _mark_in_union(inner, value))
    if isinstance(value, Struct):
        hints = typing.get_type_hints(type(value), include_extras=True)
        return type(value)(
            **{
                field: _walk(redactor, getattr(value, field), hints[field])
                for field in value.__struct_fields__
            }
        )
    if isinstance(value, Mapping):
        key_type, item_type = _arguments(inner, Mapping, 2)
        return {
            _walk(redactor, key, key_type): _walk(redactor, item, item_type)
            for key, item in value.items()
        }
    if isinstance(value, (tuple, list, frozenset, set)):
        item_types = _item_types(inner, len(value))
        items = [_walk(redactor, item, each) for item, each in zip(value, item_types, strict=True)]
        return type(value)(items)
    return value


def _string(redactor: Redactor, value: str, mark: str | None) -> str:
    if mark == "public":
        return redactor.final_scan(value)
    if mark in (None, "text"):
        return redactor.scan(value)
    return redactor.private(str(mark), value)


def _members(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (typing.Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def _mark_in_union(annotation: Any, value: str) -> str | None:
    """The mark of an optional string, or `public` for a value of a closed vocabulary."""
    for member in _members(annotation):
        mark = privacy_mark(member)
        if mark is not None:
            return mark
        if get_origin(member) is typing.Literal and value in get_args(member):
            return "public"
    return None


def _arguments(annotation: Any, origin: type, count: int) -> tuple[Any, ...]:
    for member in _members(annotation):
        found = get_origin(member)
        if isinstance(found, type) and issubclass(found, origin):
            return get_args(member)
    return (Any,) * count


def _item_types(annotation: Any, count: int) -> list[Any]:
    for member in _members(annotation):
        if get_origin(member) in (tuple, list, frozenset, set):
            arguments = get_args(member)
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return [arguments[0]] * count
            if get_origin(member) is tuple:
                return list(arguments)
            return [arguments[0]] * count
    return [Any] * count


def _scan_all(redactor: Redactor, value: Any) -> Any:
    if isinstance(value, str):
        return redactor.scan(value)
    if isinstance(value, Mapping):
        return {redactor.scan(str(key)): _scan_all(redactor, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scan_all(redactor, item) for item in value]
    if isinstance(value, Struct):
        return _scan_all(redactor, msgspec.to_builtins(value))
    return value
