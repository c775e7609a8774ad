"""What `dumpsys connectivity` says of the network in use.

Android 7 to 16 print the default network's number and one line for each network, whose parts
change their order and form: `NetworkAgentInfo{ ni{[type: WIFI[], ...]}  network{602} ... nc{[
Transports: WIFI Capabilities: NOT_METERED&INTERNET&...&VALIDATED ...`. Names and addresses stand in
that line too; nothing of them is kept.
"""

from __future__ import annotations

import re

from checks.phone.facts import PhoneNetwork, Transport

DEFAULT = re.compile(r"Active default network: *(\d+|none)")
AGENT = "NetworkAgentInfo"
NUMBER = re.compile(r"\bnetwork\{(\d+)\}")
TRANSPORTS = re.compile(r"\bnc\{\[? ?Transports: ([A-Z_|]+)")
CAPABILITIES = re.compile(r"\bnc\{\[? ?Transports: [A-Z_|]+ Capabilities: ([A-Z0-9_&]+)")
PROXY = re.compile(r"\bHttpProxy: \[")
PRIVATE_DNS_BROKEN = "Private DNS is broken"

NAMES: dict[str, Transport] = {
    "WIFI": "wifi",
    "CELLULAR": "mobile",
    "ETHERNET": "ethernet",
    "BLUETOOTH": "bluetooth",
    "USB": "usb",
}


def network(text: str) -> PhoneNetwork | None:
    """The default network; None if that cannot be read."""
    default = DEFAULT.search(text)
    if default is None:
        return None
    if default.group(1) == "none":
        return PhoneNetwork(connected=False)
    agents = [line for line in text.splitlines() if AGENT in line]
    for line in agents:
        number = NUMBER.search(line)
        if number is not None and number.group(1) == default.group(1):
            return _of(line, vpn=any(map(_is_vpn, agents)))
    return None


def _is_vpn(line: str) -> bool:
    """A VPN is a network beside the default one, which it is laid over."""
    transports = TRANSPORTS.search(line)
    return transports is not None and "VPN" in transports.group(1).split("|")


def _of(line: str, *, vpn: bool) -> PhoneNetwork | None:
    transports = TRANSPORTS.search(line)
    capabilities = CAPABILITIES.search(line)
    if transports is None or capabilities is None:
        return None
    over = transports.group(1).split("|")
    can = capabilities.group(1).split("&")
    beneath = [each for each in over if each != "VPN"]
    return PhoneNetwork(
        connected=True,
        transport=NAMES.get(beneath[0], "other") if beneath else None,
        vpn=vpn or "NOT_VPN" not in can,
        validated="VALIDATED" in can,
        portal="CAPTIVE_PORTAL" in can,
        private_dns_broken=PRIVATE_DNS_BROKEN in line,
        proxy=PROXY.search(line) is not None,
    )
