r"""Windows' own firewall, as the registry has it: no rights and no PowerShell needed.

Rules are texts such as `v2.31|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=443|RA4=192.0.2.1|
App=C:\...\x.exe|Name=...|` ([MS-GPFAS] 2.2.2); a key that occurs several times means any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from checks.firewall.facts import Profile
from checks.firewall.packet import Packet, Truth, address_between, address_in, port_in
from diag.host import Host
from diag.model import Failed

LOCAL = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
PROFILES: dict[Profile, tuple[str, ...]] = {
    "domain": ("DomainProfile",),
    "private": ("StandardProfile", "PrivateProfile"),
    "public": ("PublicProfile",),
}
"""The private networks' profile is called Standard in Windows' own key, either way in a policy."""
TCP = "6"
NARROWER = ("Svc", "AppPkgId", "LUOwn", "LUAuth", "LA4", "LA6", "LPort", "IFType", "IF", "Security")
"""What makes a rule speak of other senders than an ordinary program, or of some lines only."""


class Entry(Struct, frozen=True):
    """A rule: its values by key, `Name` as it is shown (or a reference to Windows' own texts)."""

    values: Mapping[str, Sequence[str]]

    def one(self, key: str) -> str:
        return next(iter(self.values.get(key, ())), "")

    @property
    def blocks_outbound(self) -> bool:
        return (
            self.one("Action").casefold() == "block"
            and self.one("Active").casefold() == "true"
            and self.one("Dir").casefold() == "out"
        )

    @property
    def of_tcp(self) -> bool:
        return self.one("Protocol") in ("", TCP)


def state(host: Host) -> dict[Profile, bool]:
    """Whether it is on, by profile; a policy wins. Raises Failed."""
    found: dict[Profile, bool] = {}
    for profile, names in PROFILES.items():
        on: int | None = None
        for key in (*(rf"{POLICY}\{name}" for name in names), rf"{LOCAL}\{names[0]}"):
            try:
                on = host.registry(key).number("EnableFirewall")
            except Failed as error:
                if error.failure.code != "tool_missing":
                    raise
            if on is not None:
                break
        if on is not None:
            found[profile] = bool(on)
    if not found:
        raise Failed("unparsable", "read the firewall's state")
    return found


def outbound_blocks(host: Host) -> list[Entry]:
    """The active rules that hold something back on its way out. Raises Failed."""
    found = []
    for key in (rf"{POLICY}\FirewallRules", rf"{LOCAL}\FirewallRules"):
        try:
            values = host.registry(key).values
        except Failed as error:
            if error.failure.code != "tool_missing" or key.startswith(LOCAL):
                raise
            continue
        rules = (parse(text) for text in values.values() if isinstance(text, str))
        found += [rule for rule in rules if rule.blocks_outbound]
    return found


def parse(text: str) -> Entry:
    values: dict[str, list[str]] = {}
    for part in text.split("|"):
        key, sign, value = part.partition("=")
        if sign:
            values.setdefault(key, []).append(value)
    return Entry(values)


def stops(rule: Entry, packet: Packet) -> Truth:
    """Whether every program's packets like this one are stopped."""
    if not rule.of_tcp or rule.one("App"):
        return False
    truths = [_ports(rule, packet), _addresses(rule, packet)]
    if False in truths:
        return False
    narrow = any(rule.one(key) for key in NARROWER) or bool(rule.one("Profile"))
    return None if narrow or None in truths else True


def _ports(rule: Entry, packet: Packet) -> Truth:
    written = [*rule.values.get("RPort", ()), *rule.values.get("RPort2_10", ())]
    if not written:
        return True
    truths = [port_in(packet.port, each) for each in written]
    return True if True in truths else None if None in truths else False


def _addresses(rule: Entry, packet: Packet) -> Truth:
    keys = ("RA4", "RA42") if packet.family == "ipv4" else ("RA6", "RA62")
    written = [value for key in keys for value in rule.values.get(key, ())]
    if not written:
        return not any(rule.values.get(key) for key in ("RA4", "RA42", "RA6", "RA62"))
    truths = [_is_in(packet.address, each) for each in written]
    return True if True in truths else None if None in truths else False


def _is_in(address: str, written: str) -> Truth:
    """`192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`; None for words such as `LocalSubnet`."""
    if written.casefold() == "any":
        return True
    first, sign, last = written.partition("-")
    return address_between(address, first, last) if sign else address_in(address, written)


class Against(Struct, frozen=True):
    """A rule against a program. exact: it names the program itself, not another one beside it, such
    as what looks for its updates.
    """

    rule: str
    exact: bool


def against_program(rules: Sequence[Entry], names: Sequence[str]) -> Against | None:
    r"""The rule that shuts in one of these programs, known by the name of its file or folder
    (`Example` for `C:\Program Files\Example\example.exe`).
    """
    wanted = {_plain(name) for name in names} - {""}
    found: list[Against] = []
    for rule in rules:
        *folders, file = _parts(rule.one("App"))
        if not rule.of_tcp or rule.one("Svc") or not wanted & {*folders, file}:
            continue
        found.append(Against(rule.one("Name") or rule.one("App"), file in wanted))
    return max(found, key=lambda each: each.exact, default=None)


def _parts(path: str) -> Iterator[str]:
    for part in path.replace("/", "\\").split("\\"):
        yield _plain(re.sub(r"\.exe\Z", "", part, flags=re.IGNORECASE))


def _plain(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())
