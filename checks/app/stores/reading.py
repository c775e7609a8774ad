"""What the stores' documents are made of: JSON, XML, YAML, and the values in them.

Everything here is from outside: of any type, any size, and not to be trusted.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from checks.app.stores.normal import Unclear
from checks.app.versions import LONGEST, compare
from diag.model import Failed, FailureCode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

T = TypeVar("T")

TEXT_LIMIT = 200
NOTES_LIMIT = 500

TAG = re.compile(r"<[^<>]*>")
OS_VERSION = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){0,3}")


class NotTold(Failed):
    """A store answered, but not with a version: `seen` says with what instead."""

    def __init__(self, seen: Unclear, detail: str = "") -> None:
        reached = seen not in ("rate_limited", "http_error")
        code: FailureCode = "unparsable" if reached else "refused"
        super().__init__(code, "read the store's answer" if reached else "ask the store", detail)
        self.seen = seen


def json_of(body: bytes | str) -> Any:
    """Numbers with a point stay texts, as they are written: 1.10 is not 1.1. Raises NotTold."""
    try:
        return json.loads(body, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise NotTold("other_form", type(error).__name__) from None


MOST_BRACKETS = 2000
"""More than notes with links have. PyYAML takes the square of how deep they stand: a second for
20,000."""


def yaml_of(body: bytes) -> dict[str, Any]:
    """A mapping whose values are texts, lists and mappings, nothing else. Raises NotTold."""
    import yaml

    if body.count(b"[") + body.count(b"{") > MOST_BRACKETS:
        raise NotTold("other_form", "brackets")
    try:
        # BaseLoader makes texts of everything and builds no objects.
        document = yaml.load(body, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise NotTold("other_form", type(error).__name__) from None
    return mapping(document)


def xml_of(body: bytes) -> Element:
    """The root; DTDs and entities are refused. Raises NotTold."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        raise NotTold("other_form", type(error).__name__) from None
    return root


def mapping(value: Any) -> dict[str, Any]:
    """Raises NotTold if it is none."""
    if not isinstance(value, dict):
        raise NotTold("other_form", type(value).__name__)
    return value


def mappings(value: Any) -> list[dict[str, Any]]:
    """The mappings in a list; none if it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts in a list; none if it is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def version_of(value: Any) -> str:
    """Raises NotTold if this is no version, such as `latest` or `Varies with device`."""
    version = text(str(value) if isinstance(value, int) and value is not True else value)
    if version is None or len(version) > LONGEST or not any(sign.isdecimal() for sign in version):
        raise NotTold("no_version", (version or "")[:LONGEST])
    return version


def is_version(value: Any) -> bool:
    try:
        version_of(value)
    except NotTold:
        return False
    return True


def text(value: Any, limit: int = TEXT_LIMIT) -> str | None:
    """A text without control characters, cut to size; None if it is none."""
    if not isinstance(value, str):
        return None
    shown = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in value)
    return " ".join(shown.split())[:limit] or None


def notes_of(value: Any) -> str | None:
    """What is new, without the tags of HTML."""
    if not isinstance(value, str):
        return None
    return text(html.unescape(TAG.sub(" ", value[: 20 * NOTES_LIMIT])), NOTES_LIMIT)


def page(value: Any) -> str | None:
    """The address of a page that may be offered as a link."""
    url = text(value, 2000)
    if not url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc else None


def instant(value: Any) -> datetime | None:
    """An instant as ISO 8601 or as mail writes it (RFC 5322); without a zone: UTC."""
    from email.utils import parsedate_to_datetime

    given = text(value) or ""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            parsed = read(given)
        except (ValueError, TypeError):
            continue
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return None


def since_1970(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def os_version(value: Any) -> str | None:
    """A system's version in plain numbers; None for anything else, such as `Varies`."""
    found = OS_VERSION.match(text(value) or "")
    return found[0] if found else None


def newest(items: Iterable[T], version: Any) -> T | None:
    """The item with the newest version; of two that cannot be compared, the earlier one."""
    best: T | None = None
    for item in items:
        if best is None or compare(version(best), version(item)) == -1:
            best = item
    return best
