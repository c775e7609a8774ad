"""An Android phone's answers, put into the form that rules read."""

from __future__ import annotations

import re
from datetime import date, datetime

from msgspec import Struct

from checks.phone.facts import Android, PhoneApp, PrivateDns
from checks.phone.network import network
from checks.phone.package import Ops, app
from checks.phone.script import END, is_package, script, sections
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, FailureCode

UNSET = ("", "null")
KIB = 1024
PLAIN = re.compile(r"[\w.+\-() ]{1,60}")
HOST_NAME = re.compile(r"[A-Za-z0-9.\-]{1,253}")
MODES: dict[str, PrivateDns] = {"off": "off", "opportunistic": "automatic", "hostname": "strict"}
NO_PROXY = (":0", *UNSET)


class Reading(Struct, frozen=True, kw_only=True):
    """What a phone said. cut: why it stopped before its end, if it did."""

    android: Android
    app: PhoneApp | None
    model: str | None
    cut: FailureCode | None


def read(host: Host, ctx: Context, serial: str, deadline: Deadline) -> Reading:
    """Raises Failed as `adb.run` does, and unparsable if the phone said nothing known."""
    from checks.phone import adb

    named = ctx.profile.install.android
    package = named.package if named is not None and is_package(named.package) else None
    before = host.now()
    output = adb.run(host, serial, script(package), deadline)
    after = host.now()
    told = sections(output.data)
    whole = END in told
    if not whole and told:
        told.pop(list(told)[-1])  # it may end anywhere
    return reading(
        told,
        package=package,
        needs=ctx.profile.permissions.needs,
        asked=(before, after),
        cut=None if whole else "unreachable" if output.whole else "timeout",
    )


def reading(
    told: dict[str, str],
    *,
    package: str | None,
    needs: tuple[str, ...],
    asked: tuple[datetime, datetime],
    cut: FailureCode | None,
) -> Reading:
    """The answers by section as a reading; `asked`: between which instants they were given."""
    sdk = _number(told.get("sdk"))
    held = _storage(told.get("storage", ""))
    answer = told.get("package")
    ops = Ops(
        notifications=told.get("notifications", ""),
        background=told.get("background", ""),
        bucket=told.get("bucket", ""),
        denied_uids=told.get("data_denied", ""),
    )
    return Reading(
        android=Android(
            release=_plain(told.get("release")),
            sdk=sdk,
            patch=_date(told.get("patch")),
            clock_ahead_s=_ahead(told.get("date"), asked),
            airplane=_switch(told.get("airplane_mode_on")),
            battery_saver=_switch(told.get("low_power")),
            auto_time=_switch(told.get("auto_time")),
            auto_zone=_switch(told.get("auto_time_zone")),
            wifi_on=_wifi(told.get("wifi_on")),
            private_dns=_private_dns(told),
            private_dns_host=_host_name(told.get("private_dns_specifier")),
            proxy=_proxy(told.get("http_proxy")),
            data_saver=_status(told.get("data_saver")),
            free_bytes=held[1] if held else None,
            size_bytes=held[0] if held else None,
            network=network(told.get("networks", "")),
        ),
        app=app(answer, package, needs, sdk, ops) if answer and package else None,
        model=_model(told),
        cut=cut,
    )


def _ahead(told: str | None, asked: tuple[datetime, datetime]) -> float | None:
    """How far the phone's clock is from the time that the question took; within it: 0."""
    seconds = _number(told)
    if seconds is None:
        return None
    earliest, latest = asked[0].timestamp() - 1, asked[1].timestamp()
    if seconds < earliest:
        return seconds - earliest
    return max(0.0, seconds - latest)


def _storage(text: str) -> tuple[int, int] | None:
    """Size and free space of /data in bytes, from `df -k`: its last line, columns 2 and 4."""
    lines = text.splitlines()
    if len(lines) < 2 or "1K-blocks" not in lines[0]:
        return None
    words = " ".join(lines[1:]).split()
    if len(words) < 4 or not (words[1].isdecimal() and words[3].isdecimal()):
        return None
    return int(words[1]) * KIB, int(words[3]) * KIB


def _switch(text: str | None) -> bool | None:
    return {"0": False, "1": True}.get(text or "")


def _wifi(text: str | None) -> bool | None:
    """0 off, 1 on, 2 on in airplane mode, 3 off because of it (Settings.Global.WIFI_ON)."""
    return {"0": False, "1": True, "2": True, "3": False}.get(text or "")


def _status(text: str | None) -> bool | None:
    told = re.search(r"status: (enabled|disabled)", text or "")
    return told.group(1) == "enabled" if told else None


def _private_dns(told: dict[str, str]) -> PrivateDns | None:
    """The owner's choice, else what the maker set, as Android itself does it (DnsManager)."""
    chosen = told.get("private_dns_mode", "")
    mode = told.get("private_dns_default_mode", "") if chosen in UNSET else chosen
    return MODES.get(mode)


def _proxy(text: str | None) -> bool | None:
    return None if text is None else text not in NO_PROXY


def _host_name(text: str | None) -> str | None:
    unset = text is None or text in UNSET
    return None if unset or not HOST_NAME.fullmatch(text or "") else text


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,12}", text) else None


def _plain(text: str | None) -> str | None:
    return text if text and PLAIN.fullmatch(text) else None


def _model(told: dict[str, str]) -> str | None:
    sold_as = told.get("sold_as", "").strip().partition("\n")[0]
    maker, model = _plain(told.get("maker")), _plain(sold_as) or _plain(told.get("model"))
    if maker is None or model is None or model.lower().startswith(maker.lower()):
        return model
    return f"{maker.capitalize() if maker.islower() else maker} {model}"
