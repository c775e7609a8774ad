from __future__ import annotations

from datetime import date

import pytest

from checks.os.end_of_life import table
from checks.os.linux.release import parse_release, read_release
from diag.model import Failed
from tests.support import replay


def test_fedora_says_itself_when_support_ends() -> None:
    text = (
        'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43 (KDE)"\n'
        "SUPPORT_END=2026-12-02\n# a comment\nnonsense\nBROKEN='open\n"
    )
    release = parse_release(text)
    assert (release.id, release.version, release.name) == ("fedora", "43", "Fedora Linux 43 (KDE)")
    assert release.support_ends == date(2026, 12, 2)


def test_kin_and_rolling_releases() -> None:
    assert parse_release('ID="rocky"\nID_LIKE="rhel centos fedora"\n').like[0] == "rhel"
    assert parse_release("ID=arch\nBUILD_ID=rolling\n").rolling
    assert parse_release('ID="opensuse-tumbleweed"\nVERSION_ID="20261120"\n').rolling
    assert parse_release("ID=kali\nID_LIKE=debian\nVERSION_CODENAME=kali-rolling\n").rolling
    assert parse_release('ID=debian\nPRETTY_NAME="Debian GNU/Linux forky/sid"\n').rolling
    assert not parse_release('ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n').rolling


def test_mint_on_debian_is_not_mint() -> None:
    release = parse_release('NAME="LMDE"\nID=linuxmint\nVERSION_ID="6"\n')
    assert release.version == "lmde6"
    assert table().find(release.id, release.version)


def test_the_vendors_file_stands_in() -> None:
    host = replay(files={"/etc/os-release": None, "/usr/lib/os-release": "ID=debian\n"})
    assert read_release(host).id == "debian"


def test_no_distribution() -> None:
    with pytest.raises(Failed) as caught:
        parse_release("hello")
    assert caught.value.failure.code == "unparsable"
    with pytest.raises(Failed):
        read_release(replay(files={"/etc/os-release": None, "/usr/lib/os-release": None}))


@pytest.mark.parametrize(
    ("system", "version", "ends"),
    [
        ("debian", "12", "2028-06-30"),  # with LTS, which everyone gets
        ("debian", "10", "2024-06-30"),
        ("ubuntu", "24.04", "2029-05-31"),
        ("fedora", "42", "2026-05-27"),
        ("rhel", "9.4", "2032-05-31"),
        ("centos", "7", "2024-06-30"),
        ("centos", "9", "2027-05-31"),
        ("amzn", "2", "2026-06-30"),
        ("windows", "11-24h2-w", "2026-10-13"),
        ("windows", "11-24h2-e", "2027-10-12"),
        ("windows", "11-24h2-iot-lts", "2034-10-10"),
        ("windows-server", "2019", "2029-01-09"),
        ("ios", "17.7", "2025-05-13"),
        ("android", "13", "2026-03-02"),
        ("rocky", "8.10", "2029-05-31"),
        ("alpine", "3.20.3", "2026-04-01"),
        ("opensuse-leap", "15.6", "2026-04-30"),
        ("windows", "10-22h2", "2025-10-14"),
        ("macos", "13.7.8", "2025-09-15"),
    ],
)
def test_the_shipped_table(system: str, version: str, ends: str) -> None:
    life = table().find(system, version)
    assert life is not None
    assert life.ends == date.fromisoformat(ends)


def test_what_the_table_does_not_list() -> None:
    assert table().find("debian", "99") is None
    assert table().find("debian", "") is None
    assert table().find("haiku", "1") is None
    # An end that is not announced is not an end that is unknown.
    current = table().find("macos", "26.1")
    assert current is not None
    assert current.ends is None


def test_extended_support_needs_more_than_updates() -> None:
    life = table().find("ubuntu", "20.04")
    assert life is not None
    assert life.ends is not None and life.extended is not None
    assert life.ends < life.extended


def test_debian_lts_is_told_apart() -> None:
    life = table().find("debian", "12")
    assert life is not None
    assert life.regular is not None and life.ends is not None
    assert life.regular < life.ends


def test_what_the_makers_number_has_its_newest_release() -> None:
    life = table().find("macos", "15.3")
    assert life is not None
    assert life.latest.startswith("15.")
    assert life.released is not None and life.released <= table().date


def test_every_system_is_known_to_endoflife_date() -> None:
    assert set(table().products) == set(table().systems)
