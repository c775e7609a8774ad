"""Remedies that several checks offer. One that a single check offers stands beside its problem."""

from msgspec.structs import replace

from diag.model import Remedy, RemedyContext


def on_unmanaged_device(context: RemedyContext) -> bool:
    """Not on a device that an employer or school manages: there it is IT's to change."""
    return context.managed is not True


def on_managed_device(context: RemedyContext) -> bool:
    return context.managed is True


def at_work(context: RemedyContext) -> bool:
    """A device of the organisation's on its own network: both are for IT to look after. At home,
    with the same device, the router is one's own.
    """
    return context.managed is True and context.network == "work"


def not_at_work(context: RemedyContext) -> bool:
    return not at_work(context)


def has_support(context: RemedyContext) -> bool:
    support = context.view.profile.support
    return support is not None and bool(support.phone or support.url)


def end_is_known(context: RemedyContext) -> bool:
    """The service has said until when it will be away."""
    return context.finding.args.get("until") is not None


def end_is_open(context: RemedyContext) -> bool:
    return not end_is_known(context)


RESTART_DEVICE = Remedy(code="device.restart", minutes=5, risk="low")
USE_MOBILE_LINE = Remedy(code="line.use_mobile", minutes=2, risk="low")
RESTART_ROUTER = Remedy(
    code="line.restart_router", who="network_owner", minutes=5, risk="low", applies=not_at_work
)
ASK_NETWORK_OWNER = Remedy(code="line.ask_owner", who="network_owner", minutes=10)
ASK_AT_WORK = replace(ASK_NETWORK_OWNER, who="admin", applies=at_work)
ASK_PROVIDER = Remedy(code="line.ask_provider", who="isp", minutes=15, applies=not_at_work)
TRY_ON_PHONE = Remedy(code="service.try_on_phone", minutes=1)
WAIT = Remedy(code="service.wait", minutes=30, applies=end_is_open)
WAIT_UNTIL = Remedy(code="service.wait_until", minutes=0, applies=end_is_known)
CONTACT_SUPPORT = Remedy(code="support.contact", who="support", minutes=15, applies=has_support)
ASK_ADMIN = Remedy(code="device.ask_admin", who="admin", minutes=10, applies=on_managed_device)
