"""A phone's other answers: its network, its switches, its clock; and the script that asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from checks.phone.android import Reading, reading
from checks.phone.facts import PhoneNetwork
from checks.phone.network import network
from checks.phone.script import (
    END,
    MARK,
    PROPERTIES,
    SOLD_AS,
    is_package,
    script,
    sections,
)
from tests.checks.phone.adb_server import answers_of, phone
from tests.checks.phone.phones import PACKAGE, RECORDED, galaxy, pixel, recorded
from tests.support import NOW


def read(told: dict[str, str], at: datetime = NOW) -> Reading:
    return reading(
        told, package=PACKAGE, needs=("camera",), asked=(at, at + timedelta(seconds=2)), cut=None
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            recorded("android7-connectivity.txt"),
            PhoneNetwork(connected=True, transport="wifi", validated=True),
        ),
        (
            recorded("android11-connectivity.txt"),
            PhoneNetwork(connected=True, transport="wifi", validated=True),
        ),
        (
            recorded("android14-connectivity.txt"),
            PhoneNetwork(connected=True, transport="mobile", validated=False),
        ),
        (
            recorded("android-vpn-connectivity.txt"),
            PhoneNetwork(connected=True, transport="wifi", vpn=True, validated=True),
        ),
        (
            recorded("android17-connectivity.txt"),
            PhoneNetwork(connected=True, transport="mobile", validated=True),
        ),
        (
            galaxy()["networks"],
            PhoneNetwork(
                connected=True, transport="wifi", validated=False, private_dns_broken=True
            ),
        ),
        ("Active default network: none\n", PhoneNetwork(connected=False)),
        (
            recorded("android11-connectivity.txt")
            + "NetworkAgentInfo{network{103} lp{{InterfaceName: tun0}} nc{[ Transports: WIFI|VPN "
            "Capabilities: INTERNET&TRUSTED&VALIDATED]}",
            PhoneNetwork(connected=True, transport="wifi", vpn=True, validated=True),
        ),
        (
            "Active default network: 7\nNetworkAgentInfo{network{7} lp{{HttpProxy: [proxy] 8080}} "
            "nc{[ Transports: WIFI Capabilities: NOT_VPN&CAPTIVE_PORTAL&INTERNET]}",
            PhoneNetwork(
                connected=True, transport="wifi", validated=False, portal=True, proxy=True
            ),
        ),
        ("Active default network: 7\n", None),
        ("Active default network: 7\nNetworkAgentInfo{network{7}}", None),
        ("Can't find service: connectivity", None),
        ("", None),
    ],
)
def test_networks(text: str, expected: PhoneNetwork | None) -> None:
    assert network(text) == expected


def test_only_the_network_in_use_counts() -> None:
    both = galaxy()["networks"] + "\n" + recorded("android11-connectivity.txt")
    found = network(both)
    assert found is not None
    assert found.validated is False


def test_a_phone_with_much_that_is_wrong() -> None:
    android = read(galaxy()).android
    assert android.patch == date(2023, 2, 1)
    assert android.battery_saver is True
    assert android.auto_time is False
    assert (android.private_dns, android.private_dns_host) == ("strict", "dns.example.net")
    assert android.proxy is False
    assert android.free_bytes == 300_000 * 1024
    assert android.data_saver is False
    assert android.clock_ahead_s == 0.0


@pytest.mark.parametrize(
    ("device", "free_kib"),
    [
        ("xiaomi_android_16", 313_535_476),
        ("xiaomi_android_11", 17_159_944),
        ("pixel_android_17", 20_007_384),
    ],
)
def test_free_storage_as_phones_tell_it(device: str, free_kib: int) -> None:
    storage = answers_of(RECORDED / "storage.txt")[device]
    assert read(pixel() | {"storage": storage}).android.free_bytes == free_kib * 1024


@pytest.mark.parametrize(
    ("device", "model", "release", "patch"),
    [
        ("xiaomi", "Xiaomi 13T Pro", "14", None),
        ("honor", "HONOR X8b", "14", None),
        ("pixel", "Pixel 8 Pro", "17", None),
        ("samsung", None, None, date(2024, 2, 1)),
    ],
)
def test_properties_as_phones_tell_them(
    device: str, model: str | None, release: str | None, patch: date | None
) -> None:
    """Each property is asked for by its name, and what is not set is an empty line."""
    lines = answers_of(RECORDED / "properties.txt")[device].splitlines()
    held = dict(each.strip("[]").split("]: [") for each in lines)
    asked = {name: held.get(key, "") for name, key in PROPERTIES.items()}
    sold_as = "\n".join(held.get(key, "") for key in SOLD_AS).strip("\n")
    found = read({**asked, "sold_as": sold_as})
    assert (found.model, found.android.release, found.android.patch) == (model, release, patch)


@pytest.mark.parametrize(
    ("chosen", "default", "mode"),
    [
        ("null", "off", "off"),
        ("", "opportunistic", "automatic"),
        ("hostname", "off", "strict"),
        ("null", "null", None),
    ],
)
def test_private_dns_that_only_the_maker_set(chosen: str, default: str, mode: str | None) -> None:
    """A OnePlus PJZ110 with ColorOS 16 says `null` for the first (a public test of an Android
    project measured it: io.guguguclash, PrivateDnsTest.kt)."""
    told = {"private_dns_mode": chosen, "private_dns_default_mode": default}
    assert read(pixel() | told).android.private_dns == mode


def test_no_proxy_is_written_in_two_ways() -> None:
    assert read(pixel() | {"http_proxy": "null"}).android.proxy is False
    assert read(pixel() | {"http_proxy": ":0"}).android.proxy is False
    assert read(pixel() | {"http_proxy": "192.168.0.1:8080"}).android.proxy is True


@pytest.mark.parametrize(("drift", "ahead"), [(0, 0.0), (2, 0.0), (90, 88.0), (-90, -89.0)])
def test_the_clock_without_what_could_be_delay(drift: int, ahead: float) -> None:
    now = int(NOW.timestamp())
    assert read(pixel() | {"date": str(now + drift)}).android.clock_ahead_s == ahead


def test_what_a_phone_does_not_say_is_unknown() -> None:
    android = read({}).android
    assert {getattr(android, each) for each in android.__struct_fields__} == {None}


@pytest.mark.parametrize(
    ("maker", "model", "shown"),
    [
        ("samsung", "SM-A515F", "Samsung SM-A515F"),
        ("Google", "Pixel 7", "Google Pixel 7"),
        ("HUAWEI", "HUAWEI P20", "HUAWEI P20"),
        ("", "SM-A515F", "SM-A515F"),
        ("samsung", "", None),
    ],
)
def test_how_a_model_is_called(maker: str, model: str, shown: str | None) -> None:
    assert read({"maker": maker, "model": model}).model == shown


# --- the script ---


def test_sections_are_found_whatever_stands_in_them() -> None:
    output = f"\n{MARK} sdk\r\n34\r\n\n{MARK} package\n= diag= nothing\n{MARK}x\n\n{MARK} {END}\n"
    assert sections(output.encode()) == {
        "sdk": "34",
        "package": f"= diag= nothing\n{MARK}x",
        END: "",
    }


def test_a_section_that_comes_twice_is_believed_once() -> None:
    output = f"\n{MARK} sdk\n34\n{MARK} sdk\n99\n".encode()
    assert sections(output)["sdk"] == "34"


def test_every_section_is_asked_for() -> None:
    asked = sections(phone({})(script(PACKAGE)))
    assert set(pixel()) | {END} == set(asked)


def test_the_script_fits_into_one_request_to_an_old_phone() -> None:
    """4096 bytes with their ending zero is what phones before Android 7 take (MAX_PAYLOAD_V1)."""
    assert len(f"exec:{script('a.' + 'b' * 198)}".encode()) < 4096


@pytest.mark.parametrize(
    "name",
    [
        "test.app.example; reboot",
        "test.app.$(reboot)",
        "test.app.`id`",
        "test app.example",
        "test",
        "test.app\nreboot",
        "a." + "b" * 300,
        "例.アプリ",
        "",
    ],
)
def test_nothing_that_a_shell_would_mind_is_an_app(name: str) -> None:
    assert not is_package(name)
    with pytest.raises(ValueError, match=r".*"):
        script(name)
