"""What can be wrong on a phone. The subject of all of it is the phone, not this PC."""

from __future__ import annotations

from checks.remedies import CONTACT_SUPPORT
from diag.model import Blame, Finding, Layer, Problem, Remedy

VERSION_ONLY = "version_only"
"""The reason of `phone.not_readable` for an iPhone: of that one thing is told, the system."""


def over_wifi(_: Finding, seen: Finding) -> bool:
    """Only a phone on Wi-Fi can share the fault of this PC's line."""
    return seen.args.get("transport") == "wifi"


def told_nothing(blind: Finding, _: Finding) -> bool:
    return blind.args.get("reason") != VERSION_ONLY


BLIND = Blame("phone.not_readable", told_nothing)

LOOK_YOURSELF = Remedy(code="phone.look_yourself", minutes=5)
AIRPLANE_OFF = Remedy(code="phone.airplane_off", minutes=1)
CONNECT = Remedy(code="phone.connect", minutes=2)
SIGN_IN = Remedy(code="phone.sign_in", minutes=2)
OTHER_LINE = Remedy(code="phone.other_line", minutes=1)
PRIVATE_DNS_AUTOMATIC = Remedy(code="phone.private_dns_automatic", minutes=2, risk="low")
PROXY_NONE = Remedy(code="phone.proxy_none", minutes=3, risk="low")
VPN_PAUSE = Remedy(code="phone.vpn_pause", minutes=2, risk="low")
TIME_AUTOMATIC = Remedy(code="phone.time_automatic", minutes=2, risk="low")
FREE_STORAGE = Remedy(code="phone.free_storage", minutes=15, risk="low")
SAVER_OFF = Remedy(code="phone.saver_off", minutes=1)
ALLOW_DATA = Remedy(code="phone.allow_data", minutes=2)
ALLOW_WORK = Remedy(code="phone.allow_work", minutes=2)
DEBUGGING_OFF = Remedy(code="phone.debugging_off", minutes=2)
UPDATE_APP = Remedy(code="phone.update_app", minutes=5)
INSTALL_APP = Remedy(code="phone.install_app", minutes=5)
ENABLE_APP = Remedy(code="phone.enable_app", minutes=2)
RESUME_APP = Remedy(code="phone.resume_app", minutes=2)
FROM_STORE = Remedy(code="phone.from_store", minutes=5)
GRANT = Remedy(code="phone.grant", minutes=2)
UPDATE_SYSTEM = Remedy(code="phone.update_system", minutes=30, risk="low")

NOT_READABLE = Problem(
    code=BLIND.code,
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    blinds=True,
    remedies=(LOOK_YOURSELF,),
)
SEVERAL = Problem(
    code="phone.several",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(LOOK_YOURSELF,),
)
AIRPLANE = Problem(
    code="phone.airplane_mode",
    severity="problem",
    where="device",
    layer=Layer.LINK,
    explained_by=(BLIND,),
    remedies=(AIRPLANE_OFF,),
)
OFFLINE = Problem(
    code="phone.offline",
    severity="problem",
    where="device",
    layer=Layer.LINK,
    explained_by=(AIRPLANE.code, BLIND),
    remedies=(CONNECT,),
)
PRIVATE_DNS = Problem(
    code="phone.private_dns",
    severity="problem",
    where="device",
    layer=Layer.DNS,
    explained_by=(
        BLIND,
        Blame("internet.down", over_wifi),
        Blame("captive_portal.signin", over_wifi),
    ),
    remedies=(PRIVATE_DNS_AUTOMATIC, OTHER_LINE),
)
SIGNIN = Problem(
    code="phone.wifi_signin",
    severity="problem",
    where="network",
    layer=Layer.PORTAL,
    explained_by=(BLIND, Blame("captive_portal.signin", over_wifi)),
    remedies=(SIGN_IN, OTHER_LINE),
)
NO_INTERNET = Problem(
    code="phone.no_internet",
    severity="problem",
    where="network",
    layer=Layer.INTERNET,
    explained_by=(
        BLIND,
        PRIVATE_DNS.code,
        SIGNIN.code,
        Blame("internet.down", over_wifi),
        Blame("captive_portal.signin", over_wifi),
    ),
    remedies=(OTHER_LINE, CONNECT),
)
PROXY = Problem(
    code="phone.proxy",
    severity="warning",
    where="device",
    layer=Layer.PROXY,
    explained_by=(BLIND,),
    remedies=(PROXY_NONE, OTHER_LINE),
)
VPN = Problem(
    code="phone.vpn",
    severity="info",
    where="device",
    layer=Layer.VPN,
    explained_by=(BLIND,),
    remedies=(VPN_PAUSE,),
)
CLOCK_WRONG = Problem(
    code="phone.clock_wrong",
    severity="warning",
    where="device",
    layer=Layer.CLOCK,
    explained_by=(BLIND,),
    explains=("account.two_factor",),
    remedies=(TIME_AUTOMATIC,),
    suspect=True,
)
AUTO_TIME_OFF = Problem(
    code="phone.auto_time_off",
    severity="info",
    where="device",
    layer=Layer.CLOCK,
    explained_by=(BLIND, CLOCK_WRONG.code),
    remedies=(TIME_AUTOMATIC,),
)
STORAGE_FULL = Problem(
    code="phone.storage_full",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explained_by=(BLIND,),
    remedies=(FREE_STORAGE,),
    suspect=True,
)
SAVER = Problem(
    code="phone.battery_saver",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    explained_by=(BLIND,),
    remedies=(SAVER_OFF,),
)
DEBUGGING = Problem(
    code="phone.usb_debugging",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    explained_by=(BLIND,),
    remedies=(DEBUGGING_OFF,),
)

APP_MISSING = Problem(
    code="phone.app_missing",
    severity="warning",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(INSTALL_APP,),
)
APP_DISABLED = Problem(
    code="phone.app_disabled",
    severity="problem",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(ENABLE_APP,),
)
APP_PAUSED = Problem(
    code="phone.app_paused",
    severity="problem",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(RESUME_APP,),
)
APP_OUTDATED = Problem(
    code="phone.app_outdated",
    severity="warning",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(UPDATE_APP,),
    suspect=True,
)
SYSTEM_TOO_OLD = Problem(
    code="phone.system_too_old",
    severity="warning",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    explains=(APP_OUTDATED.code,),
    remedies=(UPDATE_SYSTEM, CONTACT_SUPPORT),
    suspect=True,
)
APP_SOURCE = Problem(
    code="phone.app_source",
    severity="info",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(FROM_STORE,),
)
PERMISSION = Problem(
    code="phone.app_permission",
    severity="warning",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(GRANT,),
    suspect=True,
)
DATA_RESTRICTED = Problem(
    code="phone.data_restricted",
    severity="info",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(ALLOW_DATA,),
)
APP_RESTRICTED = Problem(
    code="phone.app_restricted",
    severity="info",
    where="device",
    layer=Layer.APP,
    explained_by=(BLIND,),
    remedies=(ALLOW_WORK,),
)
SYSTEM_OLD = Problem(
    code="phone.system_old",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explained_by=(BLIND,),
    remedies=(UPDATE_SYSTEM,),
)

ON_THE_PHONE = (
    NOT_READABLE,
    SEVERAL,
    AIRPLANE,
    OFFLINE,
    PRIVATE_DNS,
    SIGNIN,
    NO_INTERNET,
    PROXY,
    VPN,
    CLOCK_WRONG,
    AUTO_TIME_OFF,
    STORAGE_FULL,
    SAVER,
    DEBUGGING,
)
OF_THE_APP = (
    APP_MISSING,
    APP_DISABLED,
    APP_PAUSED,
    APP_OUTDATED,
    SYSTEM_TOO_OLD,
    APP_SOURCE,
    PERMISSION,
    DATA_RESTRICTED,
    APP_RESTRICTED,
)
OF_THE_SYSTEM = (SYSTEM_OLD,)
