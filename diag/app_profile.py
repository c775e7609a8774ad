"""The app being diagnosed, as data: the shape of an app profile (TOML, schema 1).

A profile describes an app without code: what login needs, the status page, where the app is
installed and sold, how one logs in, whom to call. Reading and checking profile files is
`diag.profile_file`; this module is the shape alone, since every report carries its profile.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

SCHEMA = 1
"""The version of this shape, as a profile file names it."""

UNNAMED_APPS = ("generic",)
"""Profiles that are about no app."""

LocalText = dict[str, str]
"""A text by language: `{"en": ..., "ja": ...}`."""

EndpointRole = Literal["login", "api", "reset", "web"]

# What a value looks like, for whoever reads a profile file (`diag.profile_forms`). A report's
# profile is not checked again.
Id = Annotated[str, Meta(extra={"form": "id"})]
Url = Annotated[str, Meta(extra={"form": "url"})]
Pattern = Annotated[str, Meta(extra={"form": "pattern"})]
Day = Annotated[str, Meta(extra={"form": "day"})]
StartTime = Annotated[str, Meta(extra={"form": "start_time"})]
EndTime = Annotated[str, Meta(extra={"form": "end_time"})]
Zone = Annotated[str, Meta(extra={"form": "zone"})]
StatusKind = Annotated[str, Meta(extra={"form": "status_kind"})]
TwoFactor = Annotated[str, Meta(extra={"form": "two_factor"})]
Permission = Annotated[str, Meta(extra={"form": "permission"})]
Phone = Annotated[str, Meta(extra={"form": "phone"})]
Name = Annotated[str, Meta(extra={"form": "name"})]
Msix = Annotated[str, Meta(extra={"form": "msix"})]
FileName = Annotated[str, Meta(extra={"form": "file_name"})]
CauseCode = Annotated[str, Meta(extra={"form": "cause_code"})]
Country = Annotated[str, Meta(extra={"form": "country"})]
Repository = Annotated[str, Meta(extra={"form": "repository"})]
JsonPointer = Annotated[str, Meta(extra={"form": "json_pointer"})]
HttpStatus = Annotated[int, Meta(extra={"range": (100, 599)})]
StoreNumber = Annotated[int, Meta(extra={"range": (1, 10**12)})]
Attempts = Annotated[int, Meta(extra={"range": (1, 1000)})]
Minutes = Annotated[int, Meta(extra={"range": (1, 525600)})]

STATUS_KINDS = (
    "auto",
    "statuspage",
    "incident_io",
    "instatus",
    "better_stack",
    "cachet2",
    "cachet3",
    "statuspal",
    "status_io",
    "uptime_robot",
    "uptime_kuma",
    "cstate",
    "gatus",
    "upptime",
    "statusiq",
    "slack",
    "google",
    "feed",
    "notices",
)
"""`feed` is RSS or Atom, `notices` a page of notices for people; the rest are products."""
TWO_FACTOR_KINDS = ("sms", "email", "voice", "totp", "push", "passkey", "security_key")
PERMISSION_KINDS = (
    "camera",
    "microphone",
    "location",
    "notifications",
    "contacts",
    "photos",
    "bluetooth",
    "phone",
)


class Section(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A table of the profile."""


class App(Section, frozen=True, kw_only=True):
    id: Id
    name: LocalText
    minimum_version: str | None = None
    echo_url: Url | None = None


class Endpoint(Section, frozen=True, kw_only=True):
    """What login needs, probed layer by layer. Without `expect_status`: 200-399, 401, 405."""

    id: Id
    url: Url
    role: EndpointRole = "web"
    expect_status: tuple[HttpStatus, ...] = ()
    expect_body: str | None = None
    sorry_body: str | None = None
    ca_issuer: tuple[str, ...] = ()


class MaintenanceWindow(Section, frozen=True, kw_only=True):
    """A planned window in the vendor's zone. `end` may be before `start`: it ends the next day."""

    days: tuple[Day, ...] = ()
    start: StartTime
    end: EndTime
    timezone: Zone = "UTC"


class StatusPage(Section, frozen=True, kw_only=True):
    url: Url | None = None
    kind: StatusKind = "auto"
    components: tuple[str, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()


class WindowsInstall(Section, frozen=True, kw_only=True):
    uninstall_name: str | None = None
    msix: Msix | None = None


class MacosInstall(Section, frozen=True, kw_only=True):
    bundle_id: Name


class LinuxInstall(Section, frozen=True, kw_only=True):
    dpkg: Name | None = None
    rpm: Name | None = None
    pacman: Name | None = None
    flatpak: Name | None = None
    snap: Name | None = None
    appimage: FileName | None = None
    desktop: FileName | None = None
    command: tuple[str, ...] = ()


class AndroidInstall(Section, frozen=True, kw_only=True):
    package: Name


class IosInstall(Section, frozen=True, kw_only=True):
    bundle_id: Name


class Install(Section, frozen=True, kw_only=True):
    windows: WindowsInstall | None = None
    macos: MacosInstall | None = None
    linux: LinuxInstall | None = None
    android: AndroidInstall | None = None
    ios: IosInstall | None = None


class Source(Section, frozen=True, kw_only=True):
    """A store or feed. `base_url` points elsewhere (a mirror, a test server)."""

    base_url: Url | None = None


class AppStore(Source, frozen=True, kw_only=True):
    id: StoreNumber
    country: Country = "us"


class GooglePlay(Source, frozen=True, kw_only=True):
    package: Name


class MicrosoftStore(Source, frozen=True, kw_only=True):
    product_id: Name
    country: Country = "us"


class HomebrewCask(Source, frozen=True, kw_only=True):
    token: Name


class Flathub(Source, frozen=True, kw_only=True):
    id: Name


class Snapcraft(Source, frozen=True, kw_only=True):
    name: Name


class Winget(Source, frozen=True, kw_only=True):
    id: Name


class Chocolatey(Source, frozen=True, kw_only=True):
    id: Name


class Sparkle(Source, frozen=True, kw_only=True):
    url: Url


class Electron(Source, frozen=True, kw_only=True):
    url: Url


class Github(Source, frozen=True, kw_only=True):
    repo: Repository


class JsonSource(Source, frozen=True, kw_only=True):
    url: Url
    pointer: JsonPointer


class Store(Section, frozen=True, kw_only=True):
    app_store: AppStore | None = None
    google_play: GooglePlay | None = None
    microsoft_store: MicrosoftStore | None = None
    homebrew_cask: HomebrewCask | None = None
    flathub: Flathub | None = None
    snapcraft: Snapcraft | None = None
    winget: Winget | None = None
    chocolatey: Chocolatey | None = None
    sparkle: Sparkle | None = None
    electron: Electron | None = None
    github: Github | None = None
    json: JsonSource | None = None


class Permissions(Section, frozen=True, kw_only=True):
    needs: tuple[Permission, ...] = ()


class CredentialShape(Section, frozen=True, kw_only=True):
    """How an ID or a secret looks: a pattern for the whole value, and its characters in words."""

    pattern: Pattern
    characters: str | LocalText | None = None


class LoginMethod(Section, frozen=True, kw_only=True):
    name: LocalText
    id: CredentialShape | None = None
    secret: CredentialShape | None = None


class Account(Section, frozen=True, kw_only=True):
    two_factor: tuple[TwoFactor, ...] = ()
    reset_url: Url | None = None
    lockout_after: Attempts | None = None
    lockout_minutes: Minutes | None = None
    reset_unlocks: bool | None = None
    unlock: LocalText | None = None
    method: tuple[LoginMethod, ...] = ()


class Support(Section, frozen=True, kw_only=True):
    url: Url | None = None
    phone: Phone | None = None
    hours: LocalText | None = None
    ask_for: tuple[LocalText, ...] = ()


class Incident(Section, frozen=True, kw_only=True):
    phone: Phone | None = None
    ask_for: tuple[LocalText, ...] = ()


class KnownError(Section, frozen=True, kw_only=True):
    """What one of the app's own messages means: a pattern over the user's `--error` text."""

    pattern: Pattern
    cause: CauseCode


class AppProfile(Section, frozen=True, kw_only=True):
    """An app profile. All sections but `[app]` are optional."""

    schema: int = SCHEMA
    app: App
    endpoint: tuple[Endpoint, ...] = ()
    status_page: StatusPage | None = None
    install: Install = field(default_factory=Install)
    store: Store = field(default_factory=Store)
    permissions: Permissions = field(default_factory=Permissions)
    account: Account | None = None
    support: Support | None = None
    incident: Incident | None = None
    known_error: tuple[KnownError, ...] = ()

    def login_endpoints(self) -> tuple[Endpoint, ...]:
        """What login needs: the endpoints of the roles login and api, else all there are."""
        needed = tuple(each for each in self.endpoint if each.role in ("login", "api"))
        return needed or self.endpoint

    def endpoint_hosts(self) -> tuple[str, ...]:
        """Host names of the endpoints, in order, each once."""
        from urllib.parse import urlsplit

        hosts = (urlsplit(endpoint.url).hostname for endpoint in self.endpoint)
        return tuple(dict.fromkeys(host for host in hosts if host))
