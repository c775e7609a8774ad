"""What is asked of an Android phone, in one go: a script that reads, and its answers taken apart.

Every command is one that the shell user may give on a phone as it is sold, and none writes. What a
version of Android does not know stays empty. Works from Android 7 on (toybox, `cmd`).
"""

from __future__ import annotations

import re

MARK = "=diag="
"""Stands before the name of each section, on a line of its own."""
END = "end"

PROPERTIES = {
    "release": "ro.build.version.release",
    "sdk": "ro.build.version.sdk",
    "patch": "ro.build.version.security_patch",
    "maker": "ro.product.manufacturer",
    "model": "ro.product.model",
}
SOLD_AS = ("ro.product.marketname", "ro.config.marketing_name")
"""What Xiaomi and Honor call a phone in shops; their `model` is a number that nobody knows."""
SETTINGS = (
    "airplane_mode_on",
    "low_power",
    "auto_time",
    "auto_time_zone",
    "private_dns_mode",
    "private_dns_default_mode",
    "private_dns_specifier",
    "http_proxy",
    "wifi_on",
)
"""Of the table `global`; `settings get` says `null` for what was never set."""

AGENT_LINES = 12
"""Networks that are looked at; a phone seldom has more than three."""

PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+")
"""An Android package's name (developer.android.com, application id): nothing that a shell minds."""

LONGEST_NAME = 200


def is_package(name: str) -> bool:
    return len(name) <= LONGEST_NAME and PACKAGE.fullmatch(name) is not None


def script(package: str | None) -> str:
    """The script for an app's package, or without one. What is long comes last."""
    lines = ["exec 2>/dev/null", _section("date", "date +%s")]
    lines += [_section(name, f"getprop {key}") for name, key in PROPERTIES.items()]
    lines.append(_section("sold_as", "; ".join(f"getprop {key}" for key in SOLD_AS)))
    names = " ".join(SETTINGS)
    lines.append(f'for s in {names}; do echo; echo "{MARK} $s"; settings get global $s; done')
    lines.append(_section("storage", "df -k /data"))
    lines.append(_section("data_saver", "cmd netpolicy get restrict-background"))
    networks = f"grep -E 'Active default network|NetworkAgentInfo ?[{{]' | head -n {AGENT_LINES}"
    lines.append(_section("networks", f"dumpsys connectivity | {networks}"))
    if package is not None:
        if not is_package(package):
            raise ValueError(package)
        denied = "cmd netpolicy list restrict-background-blacklist"
        lines.append(_section("data_denied", denied))
        lines.append(_section("bucket", f"am get-standby-bucket {package}"))
        lines.append(_section("background", f"cmd appops get {package} RUN_ANY_IN_BACKGROUND"))
        lines.append(_section("notifications", f"cmd appops get {package} POST_NOTIFICATION"))
        lines.append(_section("package", f"dumpsys package {package}"))
    lines.append(_section(END, "true"))
    return "; ".join(lines)


def _section(name: str, command: str) -> str:
    return f'echo; echo "{MARK} {name}"; {command}'


def sections(output: bytes) -> dict[str, str]:
    """The answers by name; the last one may be cut off. A name that comes again is not believed."""
    found: dict[str, str] = {}
    text = output.decode(errors="replace").replace("\r\n", "\n")
    for piece in f"\n{text}".split(f"\n{MARK} ")[1:]:
        name, _, answer = piece.partition("\n")
        found.setdefault(name.strip(), answer.strip("\n"))
    return found
