"""What Windows tells through PowerShell alone: one start of it answers every check.

To start PowerShell and load its network modules takes longer than all that is asked, so whoever
asks first runs every section of `SECTIONS`, and the others wait for the same answer. A section is
a quick look (well below half a second) that reads and changes nothing.

The script keeps to what a managed device allows (constrained language mode: cmdlets and simple
types, no .NET classes) and to single quotes, since it travels as one argument. Its output is JSON
whose other than ASCII characters are escaped, so that no code page can spoil it.
"""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from diag.host.base import Host
from diag.model import Failed

START_TIMEOUT_S = 6.0

SECTIONS: dict[str, str] = {
    # MSFT_NetRoute, MSFT_NetNeighbor, MSFT_NetAdapter, MSFT_NetIPInterface (learn.microsoft.com).
    "routes": (
        "@(Get-NetRoute -PolicyStore ActiveStore"
        " -DestinationPrefix '0.0.0.0/0','0.0.0.0/1','128.0.0.0/1','::/0','::/1','8000::/1'"
        " | ForEach-Object { @{ prefix = $_.DestinationPrefix; next_hop = $_.NextHop;"
        " index = [int]$_.InterfaceIndex; alias = $_.InterfaceAlias;"
        " metric = [int]$_.RouteMetric + [int]$_.InterfaceMetric } })"
    ),
    "neighbors": (
        "@(Get-NetNeighbor | Where-Object { [int]$_.State -lt 6 }"
        " | ForEach-Object { @{ address = $_.IPAddress; index = [int]$_.InterfaceIndex;"
        " mac = $_.LinkLayerAddress; state = [int]$_.State } })"
    ),
    "adapters": (
        "@(Get-NetAdapter -IncludeHidden | Where-Object { $_.Status -ne 'Not Present' }"
        " | ForEach-Object { @{ index = [int]$_.ifIndex; name = $_.Name;"
        " description = $_.InterfaceDescription; status = [string]$_.Status;"
        " type = [int]$_.InterfaceType; hardware = [bool]$_.HardwareInterface } })"
    ),
}
"""By name: an expression that gives what is to be written as JSON. The cmdlets give numbers where
their display shows words, hence the casts: words may be translated."""

ARGS = ("-NoProfile", "-NonInteractive", "-NoLogo", "-Command")

_ESCAPE = (
    "-join ($json.ToCharArray() | ForEach-Object {"
    " if ([int]$_ -gt 126) { '\\u{0:x4}' -f [int]$_ } else { $_ } })"
)


def script() -> str:
    """All sections as one command; a section that fails says so in its own place."""
    parts = ["$ErrorActionPreference = 'Stop'", "$ProgressPreference = 'SilentlyContinue'"]
    parts.append("$out = @{}")
    parts += [
        f"$out['{name}'] = try {{ @{{ is = {expression} }} }} catch {{ @{{ failed = $true }} }}"
        for name, expression in SECTIONS.items()
    ]
    parts.append("$json = ConvertTo-Json -InputObject $out -Depth 5 -Compress")
    return "; ".join((*parts, _ESCAPE))


class _Shared:
    """The one answer of a host; the lock lets the first asker ask and the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: dict[str, Any] | Failed | None = None


_answers: WeakKeyDictionary[Host, _Shared] = WeakKeyDictionary()
_answers_lock = threading.Lock()


def ask(host: Host, section: str) -> Any:
    """What a section of `SECTIONS` says on this device. Raises Failed."""
    with _answers_lock:
        shared = _answers.setdefault(host, _Shared())
    with shared.lock:
        if shared.answer is None:
            try:
                shared.answer = _run(host)
            except Failed as failed:
                shared.answer = failed
    if isinstance(shared.answer, Failed):
        failure = shared.answer.failure
        raise Failed(failure.code, failure.operation, failure.detail, failure.took_s)
    said = shared.answer.get(section)
    if not isinstance(said, dict) or "is" not in said:
        raise Failed("unsupported", f"powershell {section}")
    return said["is"]


def _run(host: Host) -> dict[str, Any]:
    done = host.run("powershell", *ARGS, script(), timeout_s=START_TIMEOUT_S)
    try:
        return msgspec.json.decode(done.stdout.strip(), type=dict[str, Any])
    except msgspec.DecodeError:
        raise Failed("unparsable", "run powershell", done.text()[:200]) from None
