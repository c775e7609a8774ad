"""Who manages a Windows device, by its registry and by dsregcmd."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.device import CHECK, DeviceFact
from checks.device.managed import Management
from checks.device.windows import (
    CONFIGURATION_MANAGER,
    ENROLLMENTS,
    JOIN_INFO,
    NETLOGON,
    POLICY_STATE,
    TCPIP,
    management,
)
from checks.os.windows.release import CURRENT_VERSION
from diag.host import RegistryKey
from diag.model import Failed
from tests.support import CommandAnswer, context, replay

RECORDED = Path(__file__).parents[2] / "recorded" / "device"
GUID = "5A1D6C5E-7A4B-4B0E-8A0B-2C4A5E1D9F3B"
ASK = ("dsregcmd", "/status")

HOME: dict[str, Any] = {
    POLICY_STATE: None,
    NETLOGON: {"Start": 3},
    JOIN_INFO: None,
    ENROLLMENTS: RegistryKey(subkeys=(GUID, "Context", "Ownership", "Status")),
    rf"{ENROLLMENTS}\{GUID}": {"EnrollmentState": 1, "EnrollmentType": 13},
    rf"{ENROLLMENTS}\Context": {},
    rf"{ENROLLMENTS}\Ownership": {},
    rf"{ENROLLMENTS}\Status": {},
    CONFIGURATION_MANAGER: None,
}
"""A PC that nobody manages. Windows keeps enrolments of its own, without a server."""

INTUNE = {
    "EnrollmentState": 1,
    "EnrollmentType": 6,
    "ProviderID": "MS DM Server",
    "DiscoveryServiceFullURL": "https://enrollment.manage.microsoft.com/EnrollmentServer",
}


def recorded(name: str) -> str:
    return (RECORDED / name).read_text().replace("\n", "\r\n")


def known(dsregcmd: CommandAnswer | None = None, **registry: Any) -> Management:
    commands: dict[tuple[str, ...], CommandAnswer] = {} if dsregcmd is None else {ASK: dsregcmd}
    names = {
        "policy": POLICY_STATE,
        "netlogon": NETLOGON,
        "join": JOIN_INFO,
        "enrolled": rf"{ENROLLMENTS}\{GUID}",
        "ccm": CONFIGURATION_MANAGER,
    }
    changed = {names[name]: held for name, held in registry.items()}
    return management(replay("windows", commands, registry={**HOME, **changed}))


def test_nobody_manages_it() -> None:
    assert known(recorded("dsregcmd-registered.txt")) == Management(managed=False)


@pytest.mark.parametrize("name", ["dsregcmd-hybrid.txt", "dsregcmd-hybrid-1607.txt"])
def test_joined_as_dsregcmd_tells(name: str) -> None:
    assert known(recorded(name)) == Management(managed=True, signs=("entra", "domain"))


@pytest.mark.parametrize(
    "answer",
    [
        Failed("timeout", "run dsregcmd"),
        Failed("tool_missing", "run dsregcmd"),
        (1, "", ""),
        "AzureAdJoined : NO\r\n",
        "AzureAdJoined : ???\r\nDomainJoined : ???\r\n",
    ],
)
def test_without_a_word_of_dsregcmd_nothing_is_known(answer: CommandAnswer) -> None:
    assert known(answer) == Management(managed=None)


def test_registry_alone_is_enough_and_spares_the_tool() -> None:
    """Asked for, dsregcmd would have to be on the paper."""
    dn = {"Distinguished-Name": "CN=PC1,OU=Clients,DC=corp,DC=example"}
    assert known(policy=dn, netlogon={"Start": 2}).signs == ("domain",)
    assert known(join=RegistryKey(subkeys=("BBAAA0FB4A55E880388851BED955A2669A961A96",))).signs == (
        "entra",
    )
    assert known(enrolled=INTUNE).signs == ("mdm",)
    assert known(enrolled={**INTUNE, "ProviderID": "Fleet"}).signs == ("mdm",)
    assert known(ccm={"AssignedSiteCode": "P01"}).signs == ("configuration_manager",)


def test_what_is_left_of_a_domain_that_was_left_decides_nothing() -> None:
    dn = {"Distinguished-Name": "CN=PC1,OU=Clients,DC=corp,DC=example"}
    assert known(recorded("dsregcmd-registered.txt"), policy=dn).managed is False


@pytest.mark.parametrize(
    "enrollment",
    [
        {"EnrollmentState": 1, "EnrollmentType": 0, "IsFederated": 0},
        {**INTUNE, "EnrollmentState": 3},
        {**INTUNE, "DiscoveryServiceFullURL": ""},
    ],
    ids=["written by hand so that Edge heeds policies", "failed", "without a server"],
)
def test_enrolment_that_is_none(enrollment: dict[str, Any]) -> None:
    assert known(recorded("dsregcmd-registered.txt"), enrolled=enrollment).managed is False


def test_registry_that_may_not_be_read_is_not_taken_for_empty_words() -> None:
    registry = {path: Failed("denied", "read the registry", path) for path in HOME}
    host = replay("windows", {ASK: Failed("timeout", "run dsregcmd")}, registry=registry)
    assert management(host).managed is None


@pytest.mark.parametrize(
    ("own", "here", "at_work"),
    [
        ("corp.example", "corp.example", True),
        ("corp.example", "Corp.Example.", True),
        ("sales.corp.example", "corp.example", True),
        ("corp.example", "floor3.corp.example", True),
        ("corp.example", "fritz.box", None),
        ("corp.example", "notcorp.example", None),
        ("corp.example", "example", None),
        ("corp.example", "home", None),
        ("corp.example", None, None),
        (None, "corp.example", None),
        ("", "", None),
    ],
)
def test_network_of_its_own_domain(own: str | None, here: str | None, at_work: bool | None) -> None:
    """As the network names itself by DHCP; nothing has to be looked up for it."""
    names = {"Domain": own, "DhcpDomain": here}
    joined = {
        **HOME,
        CURRENT_VERSION: None,
        POLICY_STATE: {"Distinguished-Name": "CN=PC1,OU=Clients,DC=corp,DC=example"},
        NETLOGON: {"Start": 2},
        TCPIP: {name: value for name, value in names.items() if value is not None},
    }
    assert CHECK.collect(replay("windows", registry=joined), context()).at_work is at_work


def test_name_of_a_network_says_nothing_to_a_device_without_a_domain() -> None:
    """Asked for, it would have to be on the paper."""
    registry = {**HOME, CURRENT_VERSION: None, rf"{ENROLLMENTS}\{GUID}": INTUNE}
    fact = CHECK.collect(replay("windows", registry=registry), context())
    assert (fact.managed, fact.at_work) == (True, None)


def test_name_and_version() -> None:
    release = {"CurrentBuild": "26100", "UBR": 4061, "DisplayVersion": "24H2"}
    release |= {"EditionID": "Professional", "ProductName": "Windows 10 Pro"}
    registry = {**HOME, CURRENT_VERSION: release, rf"{ENROLLMENTS}\{GUID}": INTUNE}
    fact = CHECK.collect(replay("windows", registry=registry, uptime_s=60.0), context())
    assert fact == DeviceFact(
        uptime_s=60.0,
        managed=True,
        managed_by=("mdm",),
        os_name="Windows 11 Pro 24H2",
        os_version="10.0.26100.4061",
    )
