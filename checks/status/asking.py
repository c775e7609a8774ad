"""Asking a status page: which kind it is, and what it says.

A kind that is known (from the profile, from an earlier run, by the page's host) is asked for its
own documents. Otherwise four are asked for side by side: three that most kinds have at the same
place, and the page itself, which gives the other kinds away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from checks.status.adapter import HTML, JSON, Kind, text_of
from checks.status.adapters import (
    NOTICES,
    SAME_PATH_EVERYWHERE,
    by_host,
    given_away,
    kind_named,
    kinds,
)
from checks.status.normal import Reading
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure, FailureCode, FreeText

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from diag.net.documents import Document

EACH_S = 5.0
"""Longest wait for one document."""
GRACE_S = 0.1

_NOT_REACHED: tuple[FailureCode, ...] = ("timeout", "refused", "unreachable", "denied")
_REFUSES = (401, 403, 429)
_SAME_PATHS = ("/api/v2/summary.json", "/summary.json", "/index.json")
_PAGE = ""
"""The page itself, beside the paths."""


class Unreachable(Struct, frozen=True, kw_only=True):
    """The page gave no document: how the attempt ended, and its HTTP status if it had one."""

    code: FailureCode
    http_status: int | None = None
    retry_after_s: float | None = None
    detail: FreeText = ""


Answer = Reading | Unreachable | Failure
Got: TypeAlias = "Document | Unreachable | Failure"


class Asker:
    """One page, asked with one deadline."""

    def __init__(self, host: Host, context: Context, url: str, deadline: Deadline) -> None:
        self._host = host
        self._context = context
        self._url = url
        self._deadline = deadline
        self._now: datetime = host.now()

    def ask(self, kind: str, remembered: str | None) -> tuple[Answer, bool]:
        """What the page says, and whether its kind had to be found out."""
        if kind != "auto":
            chosen = kind_named(kind)
            if chosen is None:
                detail = f"no kind of status page: {kind}"
                return Failure(code="unsupported", operation="status_page", detail=detail), False
            return self._as(chosen), False
        known = kind_named(remembered or "") or by_host(self._url)
        if known is not None:
            answer = self._as(known)
            if not isinstance(answer, Failure):
                return answer, False
        return self._found_out(), True

    # --- a kind that is known ---

    def _as(self, kind: Kind, page: str | None = None) -> Answer:
        if kind.from_page and page is None:
            try:
                addresses = kind.addresses(self._url, "")
            except ValueError:
                got = self._get(self._url, HTML)
                if not _is_document(got):
                    return got
                page = text_of(got.body)
        try:
            addresses = kind.addresses(self._url, page or "")
        except ValueError as error:
            return _unparsable(kind.name, str(error))
        return self._documents(kind, addresses)

    def _documents(self, kind: Kind, addresses: Sequence[str]) -> Answer:
        """The needed documents first: where these are not, the others are not asked for."""
        needed = self._each(addresses[: kind.needed], kind.accept)
        for got in needed:
            if not _is_document(got):
                return got
            if not got.complete:
                return _unparsable(kind.name, "larger than a status page can be")
            if kind.accept == HTML and not same_site(self._url, got.url):
                return _unparsable(kind.name, "it led to another site")
        more = self._each(addresses[kind.needed :], kind.accept)
        bodies = [
            got.body if _is_document(got) and got.complete else b"" for got in (*needed, *more)
        ]
        return self._read(kind, bodies, needed[0])

    def _each(self, addresses: Sequence[str], accept: str) -> list[Got]:
        got = self._together({each: partial(self._get, each, accept) for each in addresses})
        return [got[each] for each in addresses]

    def _read(self, kind: Kind, bodies: Sequence[bytes], first: Got) -> Answer:
        try:
            return kind.read(bodies, self._now)
        except ValueError as error:
            seen = look_of(first) if _is_document(first) else "nothing"
            return _unparsable(kind.name, f"{seen}: {error}")

    # --- a kind that is not known ---

    def _found_out(self) -> Answer:
        base = self._url.rstrip("/")
        asks = {path: partial(self._get, base + path, JSON) for path in _SAME_PATHS}
        asks[_PAGE] = partial(self._get, self._url, HTML)
        got = self._together(asks, self._recognised)
        reading = self._same_path(got)
        if reading is not None:
            return reading
        page = got[_PAGE]
        ours = _is_document(page) and same_site(self._url, page.url)
        answer = self._by_page(page.body if ours and _is_document(page) else b"")
        return _none_of(got) if answer is None else answer

    def _recognised(self, done: Mapping[str, Got]) -> bool:
        """Whether no document that is still out could come before one that is understood."""
        for path in _SAME_PATHS:
            if path not in done:
                return False
            if self._same_path({path: done[path]}) is not None:
                return True
        return False

    def _same_path(self, got: Mapping[str, Got]) -> Reading | None:
        for kind in kinds(SAME_PATH_EVERYWHERE):
            path, *others = kind.addresses("", "")
            document = got.get(path)
            if document is None or not _is_document(document) or not document.complete:
                continue
            try:
                reading = kind.read([document.body], self._now)
            except ValueError:
                continue
            if not others:
                return reading
            whole = self._as(kind)
            return whole if isinstance(whole, Reading) else reading
        return None

    def _by_page(self, body: bytes) -> Answer | None:
        """By what the page's address and HTML give away; None if they say nothing."""
        text = text_of(body)
        best: Answer | None = None
        for kind in given_away(self._url, text):
            answer = self._as(kind, text)
            if isinstance(answer, Reading):
                return answer
            best = best or answer
        for kind in kinds((NOTICES,)):
            try:
                return kind.read([body], self._now)
            except ValueError:
                continue
        return best

    # --- documents ---

    def _together(
        self,
        asks: Mapping[str, Callable[[], Got]],
        enough: Callable[[Mapping[str, Got]], bool] = lambda _: False,
    ) -> dict[str, Got]:
        from diag.net.gather import gather

        until = Deadline(self._deadline.within(EACH_S).at + GRACE_S)
        done = gather(asks, until, enough)
        return {each: done.get(each, Unreachable(code="timeout")) for each in asks}

    def _get(self, address: str, accept: str) -> Got:
        from checks.proxy import proxy_for
        from diag.net import documents

        proxy = proxy_for(self._host, self._context, address)
        try:
            document = documents.get(
                self._host,
                address,
                self._deadline.within(EACH_S),
                proxy=proxy.url if proxy is not None else None,
                accept=accept,
            )
        except Failed as failed:
            failure = failed.failure
            if failure.code in _NOT_REACHED:
                return Unreachable(code=failure.code, detail=failure.detail)
            return failure
        if document.status >= 500 or document.status in _REFUSES:
            return Unreachable(
                code="refused",
                http_status=document.status,
                retry_after_s=_seconds(document.headers.get("retry-after")),
            )
        if document.status != 200:
            return _unparsable("document", f"HTTP {document.status}")
        return document


def _is_document(got: Got) -> TypeIs[Document]:
    return not isinstance(got, Unreachable | Failure)


def _unparsable(where: str, seen: str) -> Failure:
    return Failure(code="unparsable", operation=f"status_page.{where}", detail=seen[:300])


def _none_of(got: Mapping[str, Got]) -> Unreachable | Failure:
    """Nothing was understood: the page did not answer, or these answers were seen.

    Some sites refuse every path that they do not have: that counts only if the page refuses, too.
    """
    page = got[_PAGE]
    refused = [each for each in got.values() if isinstance(each, Unreachable)]
    for each in refused:
        if (each.http_status or 0) >= 500 or not _is_document(page):
            return each
    seen = []
    for path, answer in got.items():
        where = path or "the page"
        if _is_document(answer):
            seen.append(f"{where}: {look_of(answer)}")
        elif isinstance(answer, Failure):
            seen.append(f"{where}: {answer.detail or answer.code}")
        else:
            seen.append(f"{where}: {answer.http_status or answer.code}")
    return _unparsable("auto", "no format that is known; " + "; ".join(seen))


def look_of(document: Document) -> str:
    """What came, in a few words, for the one who mends the profile."""
    start = document.body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "nothing"
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if start.startswith((b"<?xml", b"<rss", b"<feed")):
        return "XML"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "something else" + (f" ({document.content_type[:60]})" if document.content_type else "")


def same_site(asked: str, came: str) -> bool:
    """Whether an answer is still from the site that was asked: the same host, or a sibling of it
    under the same registered name (as far as the last labels tell).
    """
    first, second = urlsplit(asked).hostname or "", urlsplit(came).hostname or ""
    return first == second or _registered(first) == _registered(second)


def _registered(host: str) -> str:
    labels = host.lower().rstrip(".").split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    return ".".join(labels[-kept:])


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in its form of seconds (RFC 9110, 10.2.3)."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
