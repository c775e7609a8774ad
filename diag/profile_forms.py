"""What the values of a profile look like: URLs, patterns, days, times, zones, closed words.

Each form takes a text and gives what is wrong with it, or None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import urlsplit

from diag.app_profile import PERMISSION_KINDS, STATUS_KINDS, TWO_FACTOR_KINDS
from diag.file_error import Fault, nearest, not_allowed

PATTERN_LIMIT = 1000
"""Longest pattern: what people write by hand is far shorter."""
REPETITION_LIMIT = 10_000
"""Most copies that counts such as {4} may ask for, multiplied where groups hold groups: `regex`
writes counted groups out, and `((a{1000}){1000}){1000}` takes all the memory there is."""
URL_LIMIT = 2000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "last")

_OTHER_WORDS = {
    **dict(zip("月火水木金土日", WEEKDAYS, strict=True)),
    **dict(zip(("1st", "2nd", "3rd", "4th", "5th"), ORDINALS, strict=False)),
    **dict(zip("12345", ORDINALS, strict=False)),
    "everyday": "daily",
    "毎日": "daily",
    "最終": "last",
}


Form = Callable[[str], Fault | None]


def _one_of(allowed: tuple[str, ...]) -> Form:
    def form(text: str) -> Fault | None:
        return None if text in allowed else not_allowed(text, allowed)

    return form


def _id(text: str) -> Fault | None:
    if re.fullmatch("[a-z0-9-]+", text):
        return None
    near = re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")
    return Fault("bad_id", {"near": near or None})


_SECRET = re.compile(
    r"(?i)(?:^|[&;])((?:(?:access|auth|id|refresh)_?)?token|api_?key|(?:client_?)?secret"
    r"|passw(?:or)?d|pwd|session(?:_?id)?|sid|sig(?:nature)?)="
)
"""Names in a URL's query whose values open something."""


def _url(text: str) -> Fault | None:
    if len(text) > URL_LIMIT or re.search(r"[\s\\]", text):
        return Fault("url_broken")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:  # brackets without an IPv6 address, a port that is no number
        return Fault("url_broken")
    if parts.scheme not in ("http", "https") or not text.startswith(f"{parts.scheme}://"):
        return _bad_scheme(text)
    if parts.username is not None or parts.password is not None:
        return Fault("url_credentials")
    if secret := _SECRET.search(parts.query):
        return Fault("url_secret", {"value": secret[1]})
    if not host:
        return Fault("url_host")
    return None if _can_be_host(host) else Fault("url_bad_host", {"host": host})


def _bad_scheme(text: str) -> Fault:
    rest = re.sub("^[A-Za-z]{0,8}:?/{1,3}", "", text)
    is_host = "." in rest and not re.fullmatch(r"[^/]*\.(?:ya?ml|xml|json)", rest)
    near = f"https://{rest}" if is_host and _url(f"https://{rest}") is None else None
    return Fault("url_scheme", {"near": near})


def _can_be_host(host: str) -> bool:
    if ":" in host:
        return True  # an IPv6 address: urlsplit has read it
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(
        0 < len(label) <= 63 and not re.search(r"[^\w-]|^-|-$", label) for label in labels
    )


def _pattern(text: str) -> Fault | None:
    if len(text) > PATTERN_LIMIT:
        return Fault("pattern_long", {"limit": PATTERN_LIMIT})
    if _repetitions(text) > REPETITION_LIMIT:
        return Fault("pattern_repeats", {"limit": REPETITION_LIMIT})
    import regex

    try:
        regex.compile(text)
    except RecursionError:
        return Fault("too_deep")
    except regex.error as error:
        at: int | None = getattr(error, "pos", None)  # like msg, not in the type stubs
        position = None if at is None else at + 1
        return Fault("bad_pattern", {"reason": getattr(error, "msg", ""), "position": position})
    return None


def _repetitions(text: str) -> int:
    """At most how often a part is written out: every counted group taken as inside the others."""
    groups, single = 1, 1
    for group, count in re.findall(r"(\)?)\{([0-9]+)", text):
        if group:
            groups *= max(1, int(count))
        else:
            single = max(single, int(count))
    return groups * single


def _day(text: str) -> Fault | None:
    words = text.casefold().split()
    if words == ["daily"] or (words and words[-1] in WEEKDAYS and len(words) == 1):
        return None
    if len(words) == 2 and words[0] in ORDINALS and words[1] in WEEKDAYS:
        return None
    return Fault("bad_day", {"value": text, "near": _near_day(words)})


def _near_day(words: list[str]) -> str | None:
    """`Tuesday` -> tue, `1st tue` -> first tue, `第3` is beyond guessing."""
    if not 1 <= len(words) <= 2:
        return None
    vocabularies = ((*WEEKDAYS, "daily"),) if len(words) == 1 else (ORDINALS, WEEKDAYS)
    guessed = []
    for word, allowed in zip(words, vocabularies, strict=True):
        plain = _OTHER_WORDS.get(word.removesuffix("曜日").removesuffix("曜"), word)
        near = plain if plain in allowed else plain[:3] if plain[:3] in allowed else None
        guessed.append(near or nearest(plain, allowed))
    return " ".join(near for near in guessed if near) if all(guessed) else None


def _start_time(text: str) -> Fault | None:
    if re.fullmatch("(?:[01][0-9]|2[0-3]):[0-5][0-9]", text):
        return None
    return _bad_time(text, "23:59")


def _end_time(text: str) -> Fault | None:
    return None if text == "24:00" or _start_time(text) is None else _bad_time(text, "24:00")


def _bad_time(text: str, last: str) -> Fault:
    half_width = unicodedata.normalize("NFKC", text).strip()
    read = re.fullmatch("([0-9]{1,2})(?:[:.]([0-5][0-9])(?::[0-9]{2})?)?", half_width)
    near = f"{int(read[1]):02}:{read[2] or '00'}" if read and int(read[1]) < 24 else None
    return Fault("bad_time", {"value": text, "near": near, "last": last})


def _zone(text: str) -> Fault | None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        names = _zone_names()
        # A system without time-zone data knows no zone at all; that is not the profile's fault.
        return (
            Fault("bad_zone", {"value": text, "near": _near_zone(text, names)}) if names else None
        )
    return None


@cache
def _zone_names() -> tuple[str, ...]:
    from zoneinfo import available_timezones

    return tuple(sorted(available_timezones()))


def _near_zone(text: str, names: tuple[str, ...]) -> str | None:
    if text.upper() == "JST":
        return "Asia/Tokyo"
    if re.search("[+0-9]", text):  # UTC+9: near UTC in letters, but not in time
        return None
    city = text.rpartition("/")[2].strip().replace(" ", "_").casefold()
    by_city = (name for name in names if name.rpartition("/")[2].casefold() == city)
    return next(by_city, None) or nearest(text, names)


def _phone(text: str) -> Fault | None:
    digits = sum(character.isdecimal() for character in text)
    if re.fullmatch(r"\+?[0-9 ()#*-]+", text) and 3 <= digits <= 20:
        return None
    return Fault("bad_phone")


def _matches(pattern: str, code: str) -> Form:
    def form(text: str) -> Fault | None:
        return None if re.fullmatch(pattern, text) else Fault(code)

    return form


NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_+@-]|\.(?!\.)){0,199}"
"""What packages and apps are called: it becomes part of paths, addresses and commands."""


def _name(text: str) -> Fault | None:
    return None if re.fullmatch(NAME, text) else Fault("bad_name", {"near": _near_name(text)})


def _near_name(text: str) -> str | None:
    """The name in what people copy instead: the address of a store's page, a flatpak's reference
    (`app/org.example.App/x86_64/stable`), winget's folders (`Vendor/App`), a command's words."""
    if page := re.fullmatch(r"https?://[^/?#]+/([^?#]*)(?:\?([^#]*))?(?:#.*)?", text):
        by_id = re.search(r"(?:^|&)id=([^&]+)", page[2] or "")
        near = by_id[1] if by_id else page[1].rstrip("/").rpartition("/")[2]
    else:
        parts = (text.split() or [""])[0].strip("/").split("/")
        reversed_domains = [part for part in parts if part.count(".") > 1]
        near = reversed_domains[0] if reversed_domains else ".".join(parts)
    return near if re.fullmatch(NAME, near) else None


def _msix(text: str) -> Fault | None:
    """A package's name, or its family name; not its full name, which has its version in it."""
    full = re.fullmatch(r"([^_]+)_[0-9.]+_[^_]*_[^_]*_([^_]+)", text)
    return Fault("full_name", {"near": f"{full[1]}_{full[2]}"}) if full else _name(text)


def _repository(text: str) -> Fault | None:
    if re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        return None
    page = re.match(r"(?:https?://|git@)?github\.com[/:]([\w.-]+)/([\w.-]+)", text)
    near = f"{page[1]}/{page[2].removesuffix('.git')}" if page else None
    return Fault("bad_repository", {"near": near})


def _json_pointer(text: str) -> Fault | None:
    """RFC 6901; many write `$.a.b` (RFC 9535) or `a.b` instead."""
    if re.fullmatch("/.+", text):
        return None
    keys = re.fullmatch(r"(?:\$\.)?([\w-]+(?:\.[\w-]+)*)", text)
    return Fault("bad_json_pointer", {"near": f"/{keys[1].replace('.', '/')}" if keys else None})


FORMS: Mapping[str, Form] = {
    "id": _id,
    "url": _url,
    "pattern": _pattern,
    "day": _day,
    "start_time": _start_time,
    "end_time": _end_time,
    "zone": _zone,
    "status_kind": _one_of(STATUS_KINDS),
    "two_factor": _one_of(TWO_FACTOR_KINDS),
    "permission": _one_of(PERMISSION_KINDS),
    "phone": _phone,
    "name": _name,
    "msix": _msix,
    "file_name": _matches(r"[^/\\\x00-\x1f-][^/\\\x00-\x1f]*", "bad_file_name"),
    "cause_code": _matches(r"[a-z0-9_]+\.[a-z0-9_.]+", "bad_cause_code"),
    "country": _matches("[A-Za-z]{2}", "bad_country"),
    "repository": _repository,
    "json_pointer": _json_pointer,
}
