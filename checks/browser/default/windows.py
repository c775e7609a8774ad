r"""The default browser of Windows: the ProgId that the user chose for https links.

HKCU\Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https\UserChoice, value ProgId;
since Windows 11 24H2 also UserChoiceLatest\ProgId (learn.microsoft.com, "Default programs").
"""

from __future__ import annotations

from checks.browser.default import Default
from checks.browser.known import by_prog_id
from diag.host import Host
from diag.model import Failed

PLACE = r"HKCU\Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https"
KEYS = (rf"{PLACE}\UserChoiceLatest\ProgId", rf"{PLACE}\UserChoice")


def find(host: Host) -> Default | None:
    """Without a choice it is Edge, which Windows brings along."""
    for path in KEYS:
        try:
            chosen = host.registry(path).text("ProgId")
        except Failed as failed:
            if failed.failure.code != "tool_missing":
                raise
            continue
        if chosen:
            return Default(product=by_prog_id(chosen))
    return Default(product=by_prog_id("MSEdgeHTM"))
