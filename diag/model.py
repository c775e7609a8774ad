"""The nouns of `diag`: everything that travels observe -> judge -> explain -> render.

All of them are frozen msgspec structs. A string inside a `Fact` says what it is by its type:
`Public` (leaves the device as it is), `FreeText` (scanned before it leaves) or one of the private
kinds (replaced by a stable token such as `ip-1`). Durations are seconds, instants are UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Protocol, TypeVar

import msgspec
from msgspec import Meta, Struct

from diag.app_profile import AppProfile, LocalText
from diag.deadline import Deadline

if TYPE_CHECKING:
    from diag.host import Host

# --- what a string in a fact is -----------------------------------------------------------------

Public = Annotated[str, Meta(extra={"privacy": "public"})]
FreeText = Annotated[str, Meta(extra={"privacy": "text"})]
PrivateIp = Annotated[str, Meta(extra={"privacy": "ip"})]
ServiceIp = Annotated[str, Meta(extra={"privacy": "service_ip"})]
"""Address of a host that the profile or diag itself names: public if it is a global address."""
PrivateMac = Annotated[str, Meta(extra={"privacy": "mac"})]
PrivateSsid = Annotated[str, Meta(extra={"privacy": "ssid"})]
PrivateHost = Annotated[str, Meta(extra={"privacy": "host"})]
"""A host name: public if the profile names it or it is one of diag's own well-known hosts."""
PrivateUser = Annotated[str, Meta(extra={"privacy": "user"})]
PrivatePath = Annotated[str, Meta(extra={"privacy": "path"})]
PrivateName = Annotated[str, Meta(extra={"privacy": "name"})]
"""Any other private value: a VPN's name, a serial number, a certificate's own subject."""

# --- closed vocabularies ------------------------------------------------------------------------

Severity = Literal["info", "warning", "problem"]
Confidence = Literal["certain", "likely", "possible"]
Where = Literal["service", "network", "device", "account"]
VerdictWhere = Literal["none", "service", "network", "device", "account", "unknown"]
Symptom = Literal["login", "slow", "error", "2fa", "other"]
TroubleOn = Literal["this", "phone"]
Client = Literal["app", "browser"]
OsFamily = Literal["linux", "macos", "windows", "other"]
Status = Literal["ok", "warning", "problem", "unknown", "not_applicable"]
Who = Literal["user", "admin", "network_owner", "isp", "vendor", "support"]
Risk = Literal["none", "low", "medium", "high"]
Language = Literal["ja", "en"]
FailureCode = Literal[
    "timeout",
    "refused",
    "unreachable",
    "denied",
    "needs_admin",
    "needs_user",
    "tool_missing",
    "unparsable",
    "unsupported",
    "needs_missing",
    "not_configured",
    "crash",
]
LeftOut = Literal[
    "not_chosen", "skipped", "offline", "battery", "metered", "elsewhere", "not_in_report"
]
"""elsewhere: the check looks at another device than the one that the trouble is on."""

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "problem")
CONFIDENCES: tuple[Confidence, ...] = ("possible", "likely", "certain")


class Layer(IntEnum):
    """The layers of the stack in the order in which a fault below explains what fails above."""

    LINK = 10
    ADDRESS = 20
    ROUTE = 30
    GATEWAY = 40
    INTERNET = 50
    FAMILY = 60
    MTU = 65
    VPN = 70
    DNS = 80
    HOSTS_FILE = 90
    PORTAL = 100
    FILTER = 110
    FIREWALL = 120
    PROXY = 130
    CLOCK = 140
    TLS = 150
    SERVICE = 160
    APP = 170
    BROWSER = 180
    DEVICE = 190
    WIFI = 200
    ACCOUNT = 210


# --- subjects: what a finding is about ----------------------------------------------------------

DEVICE = "device"
PATH = "path"
SERVICE = "service"
"""A service of which the profile names no endpoint."""
PHONE = "phone"
"""The user's phone, where a check looks at it; `device` is the one that diag runs on."""


def endpoint_subject(endpoint_id: str, family: str | None = None) -> str:
    """Subject of a finding about one endpoint, or about one address family of it."""
    return f"endpoint:{endpoint_id}/{family}" if family else f"endpoint:{endpoint_id}"


def subject_covers(cause: str, effect: str) -> bool:
    """Whether a cause with this subject can explain a finding with that subject.

    `device`, `path` and `phone` explain any; `path/ipv6` explains what is about IPv6 only; a
    target explains itself and its address families.
    """
    if cause in (DEVICE, PATH, PHONE):
        return True
    base, _, family = cause.partition("/")
    effect_base, _, effect_family = effect.partition("/")
    if family and family != effect_family:
        return False
    return base in (DEVICE, PATH) or base == effect_base


def place_of(where: str, subjects: Iterable[str]) -> str:
    """Where a cause lies, in a word: the user's phone is not the device that diag runs on."""
    return PHONE if where == DEVICE and PHONE in subjects else where


# --- observe ------------------------------------------------------------------------------------


class Fact(Struct, frozen=True, kw_only=True):
    """What one check learnt. Every subclass declares each string's privacy by its type."""


F = TypeVar("F", bound=Fact)


class Failure(Struct, frozen=True, kw_only=True):
    """Nothing was learnt: why (closed code), which operation broke, and how long it took."""

    code: FailureCode
    operation: Public
    took_s: float = 0.0
    detail: FreeText = ""


class Failed(Exception):
    """Raised by collectors and by the host when nothing can be learnt; carries the `Failure`."""

    def __init__(self, code: FailureCode, operation: str, detail: str = "", took_s: float = 0.0):
        super().__init__(f"{operation}: {code}" + (f" ({detail})" if detail else ""))
        self.failure = Failure(code=code, operation=operation, detail=detail, took_s=took_s)


class Observation(Struct, frozen=True, kw_only=True):
    """Exactly one of fact and failure, keyed by its check's name in `Snapshot.observations`.

    `fact` is an instance of the check's fact class; in a report whose check is not installed here
    it stays the plain data that was read.
    """

    fact: Any = None
    failure: Failure | None = None
    took_s: float

    def __post_init__(self) -> None:
        if (self.fact is None) == (self.failure is None):
            raise ValueError("an observation holds exactly one of fact and failure")


class Os(Struct, frozen=True, kw_only=True):
    """The device's operating system as far as texts and rules need it."""

    family: OsFamily
    name: Public = ""
    version: Public = ""
    arch: Public = ""


class Answers(Struct, frozen=True, kw_only=True):
    """What the user said: the symptom and what they know about it."""

    symptom: Symptom | None = None
    device: TroubleOn = "this"
    """Where the trouble is: on this PC, or on the user's phone (`--on phone`)."""
    client: Client | None = None
    error_text: FreeText | None = None
    same_network: bool | None = None
    works_elsewhere: bool | None = None
    since: datetime | None = None
    attempts: int | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything that judge and explain read. A report carries it, redacted, for replay."""

    taken_at: datetime
    zone: Public
    os: Os
    profile: AppProfile
    answers: Answers
    deadline_s: float
    duration_s: float = 0.0
    chosen: tuple[Public, ...]
    """Names of the checks that are judged, in declared order."""
    left_out: dict[Public, LeftOut] = {}
    data_versions: dict[Public, Public] = {}
    observations: dict[Public, Observation]


class Facts:
    """The facts at hand, looked up by class: `find` gives None, `need` raises `needs_missing`."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._facts: dict[type[Fact], Fact] = {type(fact): fact for fact in facts}

    def find(self, cls: type[F]) -> F | None:
        fact = self._facts.get(cls)
        return fact if isinstance(fact, cls) else None

    def need(self, cls: type[F]) -> F:
        fact = self.find(cls)
        if fact is None:
            raise Failed("needs_missing", cls.__name__)
        return fact


# --- judge --------------------------------------------------------------------------------------

Arg = str | int | float | bool | None | LocalText | Sequence[str | LocalText]
Args = dict[str, Arg]


class Finding(Struct, frozen=True, kw_only=True):
    """A problem seen. `args` are the only values that its texts use.

    `severity` stands in for the problem's own where this case is graver or milder, `where` where
    it lies elsewhere.
    """

    code: str
    subject: str
    args: Args = {}
    confidence: Confidence = "certain"
    severity: Severity | None = None
    where: Where | None = None


class Unmeasured(Struct, frozen=True, kw_only=True):
    """A problem that could be told neither present nor absent for this subject.

    lacks: with `needs_missing`, the check whose fact was missing or did not say enough.
    """

    code: str
    subject: str
    reason: FailureCode
    lacks: str = ""


class Crossed(Struct, frozen=True, kw_only=True):
    """A probe for `subject` got past `layer`: blocking problems there and below are acquitted."""

    layer: Layer
    subject: str


NetworkKind = Literal["home", "work", "tethered", "public", "unknown"]


class PathInfo(Struct, frozen=True, kw_only=True):
    """How the device reaches the internet, as the report shows it; None: not known.

    network: whose network it is, with the signs that speak for and against it (keys of
    `[words.network_reason]` in the texts of the check that says so).
    """

    interface: str | None = None
    vpn: bool | None = None
    proxy: str | None = None
    relay: bool | None = None
    tether: bool | None = None
    nat64: bool | None = None
    network: NetworkKind | None = None
    network_confidence: Confidence | None = None
    network_reasons: tuple[str, ...] | None = None


class DeviceInfo(Struct, frozen=True, kw_only=True):
    """What kind of device this is, as the report shows it; None: not known.

    managed_by: how it is known that somebody manages it (domain, entra, mdm ...).
    """

    managed: bool | None = None
    managed_by: tuple[str, ...] | None = None
    os_name: str | None = None
    os_version: str | None = None


class TimeInfo(Struct, frozen=True, kw_only=True):
    """The clock against servers: positive offset when this device is ahead."""

    clock_offset_s: float | None = None
    server_date: datetime | None = None


Judgement = Finding | Unmeasured | Crossed | PathInfo | DeviceInfo | TimeInfo


class View(Struct, frozen=True):
    """All that a rule may read: the snapshot's circumstances and the other checks' facts."""

    taken_at: datetime
    zone: str
    os: Os
    profile: AppProfile
    answers: Answers
    facts: Facts

    def find(self, cls: type[F]) -> F | None:
        return self.facts.find(cls)


# --- problems and remedies ----------------------------------------------------------------------


class RemedyContext(Struct, frozen=True):
    """What decides whether a remedy applies: the finding, the view, whether IT manages this, and
    whose network it is on.
    """

    finding: Finding
    view: View
    managed: bool | None
    network: NetworkKind | None = None


def always(_: RemedyContext) -> bool:
    return True


class Remedy(Struct, frozen=True, kw_only=True):
    """Something to do about a cause; its texts (title, steps, undo...) are in the catalog."""

    code: str
    who: Who = "user"
    minutes: int
    risk: Risk = "none"
    applies: Callable[[RemedyContext], bool] = always


class Blame(Struct, frozen=True):
    """An edge of the blame graph that holds only if `guard(cause, effect)` says so."""

    code: str
    guard: Callable[[Finding, Finding], bool]


class Problem(Struct, frozen=True, kw_only=True):
    """Something that can be wrong, declared once by the check that sees it.

    explained_by / explains: codes (or guarded `Blame`s) of problems that cause this one / that
    this one causes. blocking: nothing gets past it, so a probe that did acquits it. rivals: codes
    that fit the same evidence on the same subject (a tie). last_resort: kept only when nothing
    else explains the symptom; the lowest number is tried first. suspect: with a symptom and nothing
    worse, this warning is the possible cause. blinds: what the user came for could not be looked
    at; where nothing is found, this is why, and its remedies are shown however mild it is.
    """

    code: str
    severity: Severity
    where: Where
    layer: Layer
    remedies: tuple[Remedy, ...]
    explained_by: tuple[str | Blame, ...] = ()
    explains: tuple[str | Blame, ...] = ()
    blocking: bool = False
    rivals: tuple[str, ...] = ()
    last_resort: int = 0
    suspect: bool = False
    blinds: bool = False


# --- explain ------------------------------------------------------------------------------------


class Explained(Struct, frozen=True, kw_only=True):
    """A finding that a cause explains; `likely` when a link on the way could not be measured."""

    finding: Finding
    confidence: Confidence = "certain"


class Cause(Struct, frozen=True, kw_only=True):
    """A root: findings of one code that nothing else explains, and what they explain."""

    problem: Problem
    findings: tuple[Finding, ...]
    severity: Severity
    confidence: Confidence
    explains: tuple[Explained, ...] = ()

    @property
    def where(self) -> Where:
        return self.findings[0].where or self.problem.where


class ChosenRemedy(Struct, frozen=True, kw_only=True):
    """A remedy of a cause, in the order to try."""

    remedy: Remedy
    cause: Cause
    who: Who


class Alternative(Struct, frozen=True, kw_only=True):
    """One side of a tie; `deciding_test` is in the catalog under the cause's code."""

    where: Where
    code: str


class Verdict(Struct, frozen=True, kw_only=True):
    """Where the fault is, and how sure that is. `cause` is the root behind it, if any."""

    where: VerdictWhere
    confidence: Confidence
    cause: Cause | None = None
    alternatives: tuple[Alternative, ...] = ()


class Result(Struct, frozen=True, kw_only=True):
    """How one check ended. Every registered check has one."""

    check: str
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    lacks: str = ""
    """With `needs_missing`, the check that it builds on and that said nothing, where known."""
    broke: str = ""
    """With `crash`, the error in its rules and where; of a collector the observation holds it."""
    because: str | None = None
    """The code of the cause behind an unknown."""
    matters: bool = False
    """Whether login needs what this check looks at."""
    took_s: float = 0.0


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What explain concludes from a snapshot; `diag.report` puts it into words."""

    verdict: Verdict
    causes: tuple[Cause, ...]
    remedies: tuple[ChosenRemedy, ...]
    results: tuple[Result, ...]
    path: PathInfo
    device: DeviceInfo
    time: TimeInfo


# --- networks that the user knows ----------------------------------------------------------------


class Network(Struct, frozen=True, kw_only=True):
    """A network as one would know it again: by its name, its encryption and its router.

    ssid: None where it is hidden or the OS withholds it. router: its hardware address.
    """

    ssid: str | None = None
    security: str
    router: str | None = None


class KnownNetwork(Struct, frozen=True, kw_only=True):
    """A network that the user vouches for (`diag networks`). Of its router's hardware address only
    a salted digest is kept, which tells nothing but whether it is the same.
    """

    ssid: str | None = None
    security: str
    place: Literal["home", "work"]
    router: str | None = None
    salt: str
    added: datetime

    def same_name(self, network: Network) -> bool:
        return self.ssid == network.ssid and self.security == network.security

    def same_router(self, network: Network) -> bool | None:
        """None: one of the two is not known."""
        if self.router is None or network.router is None:
            return None
        return self.router == router_digest(network.router, self.salt)


def router_digest(router: str, salt: str) -> str:
    from hashlib import sha256

    return sha256(f"{salt}:{router.lower()}".encode()).hexdigest()[:32]


# --- check --------------------------------------------------------------------------------------


class Memory(Protocol):
    """Small things that collectors learnt in earlier runs, such as which kind of status page one
    is: they spare questions. What is concluded from one (a maker's newest version) says in its
    fact when it was learnt.
    """

    def recall(self, key: str) -> str | None: ...

    def keep(self, key: str, value: str) -> None: ...

    def save(self) -> None: ...


class NoMemory:
    """Remembers nothing."""

    def recall(self, key: str) -> str | None:
        del key
        return None

    def keep(self, key: str, value: str) -> None:
        """Forgotten at once."""

    def save(self) -> None:
        """There is nothing."""


NO_MEMORY: Memory = NoMemory()

NETWORK_MEMORY = "network."
"""How keys begin under which something of a network is kept."""
NETWORK_SALT = f"{NETWORK_MEMORY}salt"


def network_key(memory: Memory, network: Network, make: bool = False) -> str | None:
    """How the keys begin under which something of this network is kept: a digest of its name, else
    of its router, with a salt of this device's own. The memory is no list of where somebody was.

    None: the network has neither, or nothing was kept of any yet (`make` begins).
    """
    from hashlib import sha256
    from secrets import token_hex

    named = network.ssid or network.router
    salt = memory.recall(NETWORK_SALT) or (token_hex(16) if make else None)
    if named is None or salt is None:
        return None
    if make:  # again, so that it does not age before what needs it
        memory.keep(NETWORK_SALT, salt)
    return f"{NETWORK_MEMORY}{sha256(f'{salt}:{named}'.encode()).hexdigest()[:32]}."


class Context(Struct, frozen=True):
    """What a collector gets besides the host: profile, answers, the facts it needs, its deadline.

    A collector over several targets returns what it has by the deadline. ask_public_resolvers:
    whether public resolvers may be asked about the app's own names.
    """

    profile: AppProfile
    answers: Answers
    facts: Facts
    deadline: Deadline
    memory: Memory = NO_MEMORY
    ask_public_resolvers: bool = True

    def need(self, cls: type[F]) -> F:
        return self.facts.need(cls)

    def find(self, cls: type[F]) -> F | None:
        return self.facts.find(cls)


class Understood(Struct, frozen=True, kw_only=True):
    """What a source of the profile was taken to say, for the profile's author.

    key: a text of `[understood.CHECK]`, with `args`. well: whether it could be read at all.
    """

    key: str
    args: Args = {}
    well: bool = True


class Check(Struct, Generic[F], frozen=True, kw_only=True):
    """One thing to look at. `collect` does the I/O, `judge` is pure.

    describe: what the profile's sources were taken to say; for checks that ask such sources.
    network: which network a fact tells the device is on; for the check that looks for it.
    remember: keeps what later runs should know of this one, once all its facts are there.
    needs: fact classes whose checks are settled (learnt or failed) before `collect` starts.
    texts: the package whose `messages/{en,ja}.toml` hold the texts of this check's problems.
    only_on: the device that the trouble has to be on for this check to run; None: any.
    """

    name: str
    fact: type[F]
    collect: Callable[[Host, Context], F]
    judge: Callable[[F, View], Iterable[Judgement]]
    problems: tuple[Problem, ...] = ()
    needs: tuple[type[Fact], ...] = ()
    uses_network: bool = False
    timeout_s: float = 8.0
    describe: Callable[[F], Iterable[Understood]] | None = None
    network: Callable[[F], Network | None] | None = None
    remember: Callable[[F, View, Memory], None] | None = None
    texts: str = "checks"
    only_on: TroubleOn | None = None


def plain(value: object) -> Any:
    """The plain data (dicts, lists, strings, numbers) that JSON would hold for this value."""
    return msgspec.to_builtins(value)


AnyCheck = Check[Any]
Checks = Mapping[str, AnyCheck]
