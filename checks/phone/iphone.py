"""An iPhone or iPad, through libimobiledevice's tools where they are installed.

`ideviceinfo --simple` asks for what the device tells anybody: it starts no pairing, so the device
does not ask its owner to trust this PC. Serial numbers and names in its answer are not kept.
"""

from __future__ import annotations

import re

from msgspec import Struct

from checks.phone.facts import Iphone
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

LIST = "idevice_id"
ASK = "ideviceinfo"
TOOL_S = 3.0
UDID = re.compile(r"^([0-9A-Fa-f][0-9A-Fa-f-]{19,63})\b", re.MULTILINE)
LINE = re.compile(r"^(ProductVersion|BuildVersion|ProductType): ([\w.,() ]{1,40})$", re.MULTILINE)


class Seen(Struct, frozen=True, kw_only=True):
    iphone: Iphone
    model: str | None
    others: int


def there_is_a_tool(host: Host) -> bool:
    return host.which(LIST) is not None and host.which(ASK) is not None


def devices_on_cables(host: Host, deadline: Deadline) -> tuple[str, ...]:
    """Raises Failed as `Host.run` does."""
    listed = host.run(LIST, "--list", timeout_s=deadline.within(TOOL_S).remaining())
    return tuple(dict.fromkeys(UDID.findall(listed.text()))) if listed.returncode == 0 else ()


def look(host: Host, deadline: Deadline) -> Seen | None:
    """The first device on a cable; None if there is none.

    Raises Failed: timeout, denied, unreachable (it is there and says nothing).
    """
    devices = devices_on_cables(host, deadline)
    if not devices:
        return None
    answer = host.run(
        ASK, "--simple", "--udid", devices[0], timeout_s=deadline.within(TOOL_S).remaining()
    )
    told = dict(LINE.findall(answer.text()))
    if "ProductVersion" not in told:
        raise Failed("unreachable", "ask the phone")
    return Seen(
        iphone=Iphone(version=told["ProductVersion"], build=told.get("BuildVersion")),
        model=told.get("ProductType"),
        others=len(devices) - 1,
    )
