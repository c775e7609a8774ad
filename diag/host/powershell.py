"""What Windows tells through PowerShell alone: one start of it answers every check.

To start PowerShell and load its network modules takes longer than most of what is asked, so
whoever asks first starts it, and all sections of `SECTIONS` run one after the other in that one
process. Each writes its answer as one line of JSON as soon as it has it, and whoever waits for
that section goes on at once. So the order of `SECTIONS` is the order of haste: what network checks
wait for comes first, and what may be slow (the Update Agent) comes last and delays nobody else.
A section reads and changes nothing, and never asks the network.

The script keeps to what a managed device allows (constrained language mode: cmdlets and simple
types, no .NET classes) and to single quotes, since it travels as one argument. Characters other
than ASCII are escaped, so that no code page can spoil the answer.
"""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from msgspec import UNSET, Struct, UnsetType

from diag.host.base import Host
from diag.model import Failed, Failure, FailureCode

QUICK_S = 6.0
"""How long one waits for a section unless one knows better: a cold start takes most of it."""
WHOLE_S = 9.0
"""All sections together; a run by default takes no longer than that."""
ACCESS_DENIED = (-2147024891, -2147217405)
"""HRESULTs E_ACCESSDENIED (0x80070005) and WBEM_E_ACCESS_DENIED (0x80041003)."""
DENIED_SIGNS = ("UnauthorizedAccess", "PermissionDenied", "0x80041003", "0x80070005")
"""The same in the name of an error; CIM cmdlets write the number there."""
DETAIL_SHOWN = 200

SLOW: dict[str, str] = {
    # IAutomaticUpdates, ISystemInformation and IUpdateHistoryEntry2 (learn.microsoft.com); their
    # instants are UTC without saying so. An operation of 1 is an installation. Of a past update the
    # categories name the product alone, or nothing; the number in its title is the same everywhere.
    "update_agent": (
        "& { $auto = New-Object -ComObject 'Microsoft.Update.AutoUpdate';"
        " $searcher = (New-Object -ComObject 'Microsoft.Update.Session').CreateUpdateSearcher();"
        " $count = $searcher.GetTotalHistoryCount(); if ($count -gt 200) { $count = 200 };"
        " $past = @(); if ($count -gt 0) { $past = @($searcher.QueryHistory(0, $count)"
        " | Where-Object { $_.Operation -eq 1 }"
        " | ForEach-Object { @{ at = $_.Date.ToString('s'); result = [int]$_.ResultCode;"
        " kb = if ($_.Title -match '(?<kb>KB[0-9]+)') { $matches.kb };"
        " kinds = @($_.Categories | ForEach-Object { [string]$_.CategoryID }) } }) };"
        " $seen = $auto.Results.LastSearchSuccessDate;"
        " if ($seen) { $seen = $seen.ToString('s') };"
        " @{ searched = $seen; history = $past;"
        " level = try { [int]$auto.Settings.NotificationLevel } catch { $null }; restart = try {"
        " [bool](New-Object -ComObject 'Microsoft.Update.SystemInfo').RebootRequired }"
        " catch { $null } } }"
    ),
    # IUpdateSearcher with Online off: what it knows from its last look. Optional updates
    # (BrowseOnly) and drivers are nobody's duty.
    "updates": (
        "& { $searcher = (New-Object -ComObject 'Microsoft.Update.Session').CreateUpdateSearcher();"
        " $searcher.Online = $false;"
        " $found = $searcher.Search('IsInstalled=0 and IsHidden=0 and BrowseOnly=0"
        " and Type=''Software''');"
        " @{ result = [int]$found.ResultCode; updates = @($found.Updates"
        " | ForEach-Object { @{ severity = [string]$_.MsrcSeverity;"
        " published = $_.LastDeploymentChangeTime.ToString('s');"
        " kinds = @($_.Categories | ForEach-Object { [string]$_.CategoryID }) } }) } }"
    ),
}
"""What the Windows Update Agent is asked, which may take seconds."""

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
    # AntiVirusProduct and FirewallProduct are what Windows Security itself shows.
    "security_center": (
        "@{ antivirus = @(Get-CimInstance -Namespace 'root/SecurityCenter2'"
        " -ClassName AntiVirusProduct | ForEach-Object {"
        " @{ name = $_.displayName; state = [int]$_.productState } });"
        " firewalls = @(Get-CimInstance -Namespace 'root/SecurityCenter2'"
        " -ClassName FirewallProduct | ForEach-Object {"
        " @{ name = $_.displayName; state = [int]$_.productState } }) }"
    ),
    # MSFT_MpComputerStatus; an age of 4294967295 days stands for never.
    "defender": (
        "Get-CimInstance -Namespace 'root/Microsoft/Windows/Defender'"
        " -ClassName MSFT_MpComputerStatus | ForEach-Object {"
        " @{ mode = [string]$_.AMRunningMode; real_time = [bool]$_.RealTimeProtectionEnabled;"
        " age_days = [long]$_.AntivirusSignatureAge } }"
    ),
    # What Explorer shows of a drive, for every user; Win32_EncryptableVolume is administrators'.
    "disk_encryption": (
        "[int](New-Object -ComObject Shell.Application).NameSpace($env:SystemDrive)"
        ".Self.ExtendedProperty('System.Volume.BitLockerProtection')"
    ),
    "batteries": "@(Get-CimInstance -ClassName Win32_Battery).Count",
    # MSFT_NetConnectionProfile (learn.microsoft.com).
    "networks": (
        "@(Get-NetConnectionProfile | ForEach-Object { @{ name = $_.Name;"
        " alias = $_.InterfaceAlias; category = [int]$_.NetworkCategory } })"
    ),
    # Windows.Networking.Connectivity: a class of WinRT, the one way to a Wi-Fi's name and security
    # that needs no location permission. Constrained language mode refuses it, and only it.
    "wifi": (
        "@(& { $net = [Windows.Networking.Connectivity.NetworkInformation,"
        "Windows.Networking.Connectivity,ContentType=WindowsRuntime];"
        " $used = $net::GetInternetConnectionProfile(); $net::GetConnectionProfiles()"
        " | Where-Object { [int]$_.GetNetworkConnectivityLevel() -gt 0 }"
        " | ForEach-Object { $one = $_; $safe = $_.NetworkSecuritySettings;"
        " @{ name = $_.ProfileName; wifi = [bool]$_.IsWlanConnectionProfile;"
        " ssid = if ($_.IsWlanConnectionProfile) {"
        " try { $one.WlanConnectionProfileDetails.GetConnectedSsid() } catch { $null } };"
        " authentication = [int]$safe.NetworkAuthenticationType;"
        " encryption = [int]$safe.NetworkEncryptionType;"
        " connectivity = [int]$_.GetNetworkConnectivityLevel(); bars = $_.GetSignalBars();"
        " cost = [int]$_.GetConnectionCost().NetworkCostType;"
        " adapter = [string]$_.NetworkAdapter.NetworkAdapterId;"
        " type = [int]$_.NetworkAdapter.IanaInterfaceType;"
        " internet = $used -and $used.ProfileName -eq $_.ProfileName"
        " -and $used.NetworkAdapter.NetworkAdapterId -eq $_.NetworkAdapter.NetworkAdapterId"
        " } } })"
    ),
    **SLOW,  # stays last
}
"""By name: an expression that gives what is to be written as JSON. The cmdlets give numbers where
their display shows words, hence the casts: words may be translated. Where the cmdlet gives
instants, `.ToUniversalTime().ToString('o')` writes them for every language alike."""

ARGS = ("-NoProfile", "-NonInteractive", "-NoLogo", "-Command")

_ESCAPED = (
    "-join (($json -csplit '([^ -~])')"
    " | ForEach-Object { if ($_ -cmatch '^[^ -~]$') { '\\u{0:x4}' -f [int][char]$_ } else { $_ } })"
)
_SAY = f"$say = {{ $json = ConvertTo-Json -InputObject $out -Depth 5 -Compress; {_ESCAPED} }}"
"""A function would do, too; the words of a script block are the same in every PowerShell."""
_WHY = (
    "error = [string]$_.FullyQualifiedErrorId;"
    " codes = @([int]$_.Exception.HResult, [int]$_.Exception.InnerException.HResult)"
)
"""What no language translates of an error. Properties alone: constrained language mode refuses the
methods of an exception, and an error in here would end the script."""


def script() -> str:
    """All sections as one command; a section that fails says so in its own place."""
    parts = ["$ErrorActionPreference = 'Stop'", "$ProgressPreference = 'SilentlyContinue'", _SAY]
    for name, expression in SECTIONS.items():
        answer = f"@{{ section = '{name}'; is = {expression} }}"
        parts.append(f"$out = try {{ {answer} }} catch {{ @{{ section = '{name}'; {_WHY} }} }}")
        parts.append("& $say")
    return "; ".join(parts)


class Said(Struct, frozen=True, kw_only=True, rename={"value": "is"}):
    """One line: what a section gives, or the error it ended with."""

    section: str
    value: Any = UNSET
    error: str = ""
    codes: tuple[int, ...] = ()

    @property
    def denied(self) -> bool:
        return any(code in ACCESS_DENIED for code in self.codes) or any(
            sign in self.error for sign in DENIED_SIGNS
        )


class _Shared:
    """The one answer of a host, as it comes."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.started = False
        self.ended = False
        self.said: dict[str, Said] = {}
        self.failure: Failure | None = None
        self.broke: BaseException | None = None
        self._line = b""

    def hear(self, piece: bytes) -> None:
        """What is no line of ours, such as a banner, is nobody's."""
        *lines, self._line = (self._line + piece).split(b"\n")
        for line in lines:
            self._note(line)

    def end(self, failure: Failure | None, broke: BaseException | None) -> None:
        self._note(self._line)
        with self.news:
            self.ended, self.failure, self.broke = True, failure, broke
            self.news.notify_all()

    def _note(self, line: bytes) -> None:
        try:
            said = msgspec.json.decode(line.strip(), type=Said)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        with self.news:
            self.said[said.section] = said
            self.news.notify_all()


_answers: WeakKeyDictionary[Host, _Shared] = WeakKeyDictionary()
_answers_lock = threading.Lock()


def ask(host: Host, section: str, timeout_s: float = QUICK_S) -> Any:
    """What a section of `SECTIONS` says on this device, waiting for it no longer than `timeout_s`.

    Raises Failed: needs_admin (it would need administrator rights), denied, unsupported (this
    Windows, or its constrained language mode, has no such thing), timeout, tool_missing,
    unparsable (PowerShell is not allowed here, or breaks off).
    """
    with _answers_lock:
        shared = _answers.setdefault(host, _Shared())
    operation = f"powershell {section}"
    with shared.news:
        if not shared.started:
            shared.started = True
            args = (host, shared)
            threading.Thread(target=_run, args=args, name="powershell", daemon=True).start()
        shared.news.wait_for(lambda: section in shared.said or shared.ended, timeout_s)
        said, failure, broke = shared.said.get(section), shared.failure, shared.broke
        ended = shared.ended
    if said is not None:
        return _value(host, said, operation)
    if broke is not None:
        raise broke
    if failure is not None:
        raise Failed(failure.code, failure.operation, failure.detail, failure.took_s)
    raise Failed("unsupported" if ended else "timeout", operation)


def _value(host: Host, said: Said, operation: str) -> Any:
    if not isinstance(said.value, UnsetType):
        return said.value
    code: FailureCode = "unsupported"
    if said.denied:
        code = "denied" if host.is_root() else "needs_admin"
    raise Failed(code, operation, " ".join((said.error, *map(str, said.codes))).strip())


def _run(host: Host, shared: _Shared) -> None:
    failure: Failure | None = None
    broke: BaseException | None = None
    try:
        done = host.run("powershell", *ARGS, script(), timeout_s=WHOLE_S, heard=shared.hear)
        if done.returncode:
            failure = Failure(
                code="unparsable",
                operation="run powershell",
                detail=(done.stderr or done.stdout).decode("utf-8", "replace")[:DETAIL_SHOWN],
            )
    except Failed as failed:
        failure = failed.failure
    except BaseException as error:  # handed over to those who wait
        broke = error
    shared.end(failure, broke)
