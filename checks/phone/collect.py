"""Which phone is on the cable, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from checks.phone import adb, android, iphone, own_server
from checks.phone.facts import PhoneFact, Unread
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, FailureCode

HAND_IN_S = 0.3
"""Room to hand in what is known before the deadline."""

UNREAD: dict[adb.DeviceState, Unread] = {
    "unauthorized": "unauthorized",
    "offline": "offline",
    "no_permission": "no_permission",
    "other": "offline",
}
FAILED: dict[FailureCode, Unread] = {
    "timeout": "silent",
    "unreachable": "gone",
    "unparsable": "not_adb",
    "refused": "no_tool",
    "denied": "no_tool",
    "tool_missing": "no_tool",
}


def collect(host: Host, ctx: Context) -> PhoneFact:
    """An Android phone that can be read comes first, then an iPhone, then why there is neither."""
    deadline = ctx.deadline.sooner(HAND_IN_S)
    found = _android(host, ctx, deadline)
    if found.unread is None:
        return msgspec.structs.replace(found, others=found.others + _iphones(host, deadline))
    other = _iphone(host, deadline)
    if other is None:
        return found
    return other if other.unread is None or found.platform is None else found


def _android(host: Host, ctx: Context, deadline: Deadline) -> PhoneFact:
    """Through the server that runs, else through one of our own if that can lead anywhere."""
    try:
        return _look(host, ctx, deadline)
    except Failed as failed:
        if failed.failure.code != "refused":
            return PhoneFact(unread=FAILED.get(failed.failure.code, "silent"))
    path = own_server.tool(host)
    if path is None:
        return PhoneFact(unread="no_tool")
    if not own_server.used_before(host):
        return PhoneFact(unread="no_phone")
    sooner = deadline.sooner(own_server.END_S)
    try:
        with own_server.running(host, path, sooner):
            return _look(host, ctx, sooner)
    except Failed as failed:
        return PhoneFact(unread=FAILED.get(failed.failure.code, "silent"))


def _look(host: Host, ctx: Context, deadline: Deadline) -> PhoneFact:
    """Raises Failed as `adb.devices` does."""
    devices = [each for each in adb.devices(host, deadline) if not each.emulated]
    if not devices:
        return PhoneFact(unread="no_phone")
    chosen = _chosen(devices, host.getenv("ANDROID_SERIAL"))
    others = len(devices) - 1
    if chosen.state != "ready":
        return PhoneFact(platform="android", unread=UNREAD[chosen.state], others=others)
    try:
        told = android.read(host, ctx, chosen.serial, deadline)
    except Failed as failed:
        unread = FAILED.get(failed.failure.code, "silent")
        return PhoneFact(platform="android", model=chosen.model, unread=unread, others=others)
    if told.android.sdk is None and told.android.release is None:
        unread = "silent" if told.cut == "timeout" else "gone"
        return PhoneFact(platform="android", model=chosen.model, unread=unread, others=others)
    return PhoneFact(
        platform="android",
        model=told.model or chosen.model,
        others=others,
        android=told.android,
        app=told.app,
        cut=told.cut,
    )


def _chosen(devices: Sequence[adb.Device], named: str | None) -> adb.Device:
    """The one that the user's environment names, else one that can be read, best on a cable; adb's
    order decides between equals."""
    return min(
        devices,
        key=lambda each: (each.serial != named, each.state != "ready", not each.usb),
    )


def _iphones(host: Host, deadline: Deadline) -> int:
    """How many are there beside the phone that was read."""
    if not iphone.there_is_a_tool(host):
        return 0
    try:
        return len(iphone.devices_on_cables(host, deadline))
    except Failed:
        return 0


def _iphone(host: Host, deadline: Deadline) -> PhoneFact | None:
    """None without the tools: then nothing is known of iPhones either way."""
    if not iphone.there_is_a_tool(host):
        return None
    try:
        seen = iphone.look(host, deadline)
    except Failed as failed:
        unread: Unread = "silent" if failed.failure.code == "timeout" else "offline"
        return PhoneFact(platform="ios", unread=unread)
    if seen is None:
        return PhoneFact(unread="no_phone")
    return PhoneFact(platform="ios", model=seen.model, others=seen.others, iphone=seen.iphone)
