r"""Which Windows this is, as `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion` tells.

Windows 11 still calls itself Windows 10 there: the build decides. Home and Pro are served for a
shorter time than Enterprise and Education, the long-term editions longer than both.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.os.end_of_life import Table
from checks.os.windows.registry import key
from diag.host import Host
from diag.model import Failed

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
FIRST_11 = 22000

Service = Literal["w", "e", "e-lts", "iot-lts"]
"""As endoflife.date calls them: Home and Pro; Enterprise and Education; LTSC; IoT LTSC."""

EDITIONS: dict[str, tuple[str, Service]] = {
    "Core": ("Home", "w"),
    "CoreN": ("Home N", "w"),
    "CoreSingleLanguage": ("Home Single Language", "w"),
    "CoreCountrySpecific": ("Home China", "w"),
    "Cloud": ("S", "w"),
    "CloudN": ("S N", "w"),
    "CloudEdition": ("SE", "w"),
    "CloudEditionN": ("SE N", "w"),
    "Professional": ("Pro", "w"),
    "ProfessionalN": ("Pro N", "w"),
    "ProfessionalCountrySpecific": ("Pro China", "w"),
    "ProfessionalSingleLanguage": ("Pro Single Language", "w"),
    "ProfessionalEducation": ("Pro Education", "w"),
    "ProfessionalEducationN": ("Pro Education N", "w"),
    "ProfessionalWorkstation": ("Pro for Workstations", "w"),
    "ProfessionalWorkstationN": ("Pro N for Workstations", "w"),
    "PPIPro": ("Team", "e"),
    "Education": ("Education", "e"),
    "EducationN": ("Education N", "e"),
    "Enterprise": ("Enterprise", "e"),
    "EnterpriseN": ("Enterprise N", "e"),
    "EnterpriseG": ("Enterprise G", "e"),
    "ServerRdsh": ("Enterprise multi-session", "e"),
    "IoTEnterprise": ("IoT Enterprise", "e"),
    "EnterpriseS": ("Enterprise LTSC", "e-lts"),
    "EnterpriseSN": ("Enterprise LTSC N", "e-lts"),
    "IoTEnterpriseS": ("IoT Enterprise LTSC", "iot-lts"),
    "IoTEnterpriseSK": ("IoT Enterprise Subscription LTSC", "iot-lts"),
}
"""By EditionID (the names of GetProductInfo's SKUs): its name, and how it is served."""

NAMELESS = {10240: "1507", 10586: "1511", 14393: "1607"}
"""Builds from before the release was written down beside them."""

SERVERS = {14393: "2016", 17763: "2019", 20348: "2022", 25398: "23h2-ac", 26100: "2025"}
"""Of the long-term servers and the annual channel: what their release is called, by the build."""

LAST_FREE = {19045: 6466}
"""Revisions by the build: what came to everybody last. After Windows 10's last month (6456) one
more came that mends the enrolment in Extended Security Updates (KB5071959); theirs start at 6575.
"""


class WindowsRelease(Struct, frozen=True, kw_only=True):
    """build: CurrentBuild. revision: UBR, what a monthly update raises. feature: 24H2 and the like.

    edition: EditionID. service: None for an edition that is not known here.
    """

    build: int
    revision: int | None
    feature: str
    edition: str
    service: Service | None
    server: bool
    name: str

    @property
    def version(self) -> str:
        return f"10.0.{self.build}" + ("" if self.revision is None else f".{self.revision}")

    @property
    def extended(self) -> bool | None:
        """Whether Extended Security Updates have come, whichever way somebody enrolled. That none
        have proves little: None.
        """
        last = LAST_FREE.get(self.build)
        beyond = last is not None and self.revision is not None and self.revision > last
        return True if beyond and not self.server else None

    @property
    def system(self) -> str:
        """What the end-of-life table calls this system."""
        return "windows-server" if self.server else "windows"

    @property
    def generation(self) -> int:
        return 11 if self.build >= FIRST_11 else 10

    def listed(self, table: Table) -> str | None:
        """The first of its names that the table lists: one of its edition, or of all editions."""
        if self.server:
            release = SERVERS.get(self.build)
            return table.release(self.system, release) if release else None
        base = f"{self.generation}-{self.feature.lower()}"
        if self.service is None:
            return table.release(self.system, base)
        names = {"iot-lts": ("iot-lts", "e-lts")}.get(self.service, (self.service,))
        wanted = [f"{base}-{name}" for name in names]
        if not self.service.endswith("lts"):
            wanted.append(base)
        return next((each for each in wanted if table.release(self.system, each) == each), None)


def read_release(host: Host) -> WindowsRelease:
    """Raises Failed: denied, unsupported, unparsable (no build stands there)."""
    held = key(host, CURRENT_VERSION)
    number = held.text("CurrentBuild") or held.text("CurrentBuildNumber") if held else ""
    if held is None or not number.isascii() or not number.isdigit():
        raise Failed("unparsable", "read the Windows version")
    build = int(number)
    edition = held.text("EditionID")
    feature = held.text("DisplayVersion") or held.text("ReleaseId") or NAMELESS.get(build, "")
    server = held.text("InstallationType").startswith("Server")
    known, service = EDITIONS.get(edition, ("", None))
    if server:
        name = held.text("ProductName") or "Windows Server"
    else:
        generation = "Windows 11" if build >= FIRST_11 else "Windows 10"
        name = " ".join(filter(None, (generation, known or edition, feature)))
    return WindowsRelease(
        build=build,
        revision=held.number("UBR"),
        feature=feature,
        edition=edition,
        service=None if server else service,
        server=server,
        name=name,
    )
