"""What `dumpsys package` says, of several versions of Android and makers."""

from __future__ import annotations

import pytest

from checks.phone.facts import PhoneApp
from checks.phone.package import Ops, app, op
from tests.checks.phone.phones import PACKAGE, galaxy, pixel, recorded

SAMSUNG = recorded("android10-samsung-package.txt")
NEEDS = ("camera", "notifications", "contacts", "microphone")


def states(found: PhoneApp | None) -> dict[str, str]:
    return {each.name: each.state for each in found.permissions} if found else {}


def test_an_app_that_came_with_a_samsung() -> None:
    name = "com.samsung.android.provider.filterprovider"
    found = app(SAMSUNG, name, (), 29, Ops())
    assert found == PhoneApp(
        installed=True,
        version="5.0.07",
        version_code=500700000,
        source="preinstalled",
        enabled=True,
        suspended=False,
    )


def test_the_app_asked_for_and_not_its_neighbour() -> None:
    found = app(SAMSUNG, "com.sec.android.app.DataCreate", NEEDS, 29, Ops())
    assert found is not None
    assert (found.version, found.version_code) == ("1.0", 1)
    assert states(found) == {
        "camera": "not_asked",
        "notifications": "not_asked",
        "contacts": "not_asked",
        "microphone": "not_wanted",
    }


def test_an_answer_that_ends_early() -> None:
    found = app(recorded("android9-package.txt"), "com.genymobile.gnirehtet", NEEDS, 28, Ops())
    assert found is not None
    assert (found.version, found.version_code, found.source) == ("2.3", 6, "unknown")
    assert (found.enabled, found.suspended) == (None, None)


def test_what_somebody_refused_is_told_from_what_was_never_asked() -> None:
    """Lines of Android 14, below a block that holds them."""
    block = (
        f"Packages:\n  Package [{PACKAGE}] (1):\n"
        "    User 0: ceDataInode=1 installed=true suspended=false enabled=0\n"
    )
    text = block + recorded("android14-permissions.txt")
    found = app(text, PACKAGE, ("camera", "location", "notifications"), 34, Ops())
    assert states(found) == {
        "camera": "denied",
        "location": "granted",
        "notifications": "not_asked",
    }


def test_one_from_a_browser_that_was_never_opened() -> None:
    found = app(
        recorded("android14-samsung-package.txt"),
        "com.bitchat.droid",
        ("notifications", "location", "camera"),
        34,
        Ops(),
    )
    assert found is not None
    assert (found.version, found.version_code, found.source) == ("1.2.0", 16, "file")
    assert (found.enabled, found.suspended) == (True, False)
    assert states(found) == {
        "notifications": "not_asked",
        "location": "not_asked",
        "camera": "not_wanted",
    }


def test_one_that_only_another_user_of_the_phone_has() -> None:
    """It is on the phone: a work profile, a private space. What was asked for the owner is not
    taken for that one's."""
    denied = "Restrict background blacklisted UIDs: 10076 \n"
    found = app(
        recorded("android14-other-user-package.txt"),
        "org.proninyaroslav.libretorrent",
        ("notifications", "photos"),
        34,
        Ops(denied_uids=denied, bucket="50", background="RUN_ANY_IN_BACKGROUND: ignore"),
    )
    assert found is not None
    assert (found.installed, found.version, found.source) == (True, "3.5-beta01", "file")
    assert states(found) == {"notifications": "granted", "photos": "not_asked"}
    assert (found.bucket, found.background, found.background_data) == (None, None, None)


def test_one_put_there_by_adb() -> None:
    """The line of `cmd netpolicy`, with the space at its end, is one that a public test took from a
    phone (com.jinatra.hiberna, ShellOutputParsersTest.kt), as is `No operations.` of app-ops."""
    found = app(
        recorded("android14-adb-package.txt"),
        "com.example.foodies",
        NEEDS,
        34,
        Ops(
            denied_uids="Restrict background blacklisted UIDs: 10153 10220 \n",
            background="No operations.\n",
        ),
    )
    assert found is not None
    assert (found.version, found.source, found.background_data) == ("1.0", "file", True)
    assert found.background is None
    assert states(found) == {
        "camera": "not_asked",
        "microphone": "not_asked",
        "contacts": "not_asked",
        "notifications": "not_wanted",
    }


def test_before_android_13_notifications_are_an_app_op() -> None:
    ops = Ops(notifications=galaxy()["notifications"])
    assert states(app(galaxy()["package"], PACKAGE, NEEDS, 31, ops))["notifications"] == "denied"


def test_the_version_that_the_phone_was_sold_with_does_not_count() -> None:
    found = app(galaxy()["package"], PACKAGE, (), 31, Ops())
    assert found is not None
    assert found.version == "1.9.3"


def test_the_owner_and_not_the_work_profile() -> None:
    found = app(pixel()["package"], PACKAGE, ("camera",), 34, Ops())
    assert found is not None
    assert (found.enabled, found.suspended, found.source) == (True, False, "play")
    assert states(found) == {"camera": "granted"}


def test_data_is_refused_by_the_apps_own_number() -> None:
    ops = Ops(denied_uids=galaxy()["data_denied"])
    assert (found := app(galaxy()["package"], PACKAGE, (), 31, ops))
    assert found.background_data is False
    assert (other := app(pixel()["package"], PACKAGE, (), 34, ops))
    assert other.background_data is True


def test_a_number_that_is_only_part_of_a_refused_one_is_not_refused() -> None:
    """User 1 of Android counts from 100000: the same app is 110344 there."""
    assert "userId=10344" in galaxy()["package"]
    ops = Ops(denied_uids="Restrict background denied UIDs: 110344")
    assert (found := app(galaxy()["package"], PACKAGE, (), 31, ops))
    assert found.background_data is True


@pytest.mark.parametrize(
    ("text", "installed"),
    [
        (f"Unable to find package: {PACKAGE}\n", False),
        ("Packages:\n  Package [test.app.example2] (1):\n    versionName=1\n", False),
        (pixel()["package"].replace("installed=true", "installed=false"), False),
        ("Can't find service: package", None),
        ("", None),
    ],
)
def test_not_there(text: str, installed: bool | None) -> None:
    found = app(text, PACKAGE, (), 34, Ops())
    assert (found.installed if found else None) == installed


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("installerPackageName=com.android.vending", "play"),
        ("installerPackageName=com.google.android.packageinstaller", "file"),
        ("installerPackageName=null", "file"),
        ("installerPackageName=com.sec.android.app.samsungapps", "other_store"),
        ("", "unknown"),
    ],
)
def test_where_it_came_from(line: str, source: str) -> None:
    text = pixel()["package"].replace("installerPackageName=com.android.vending", line)
    found = app(text, PACKAGE, (), 34, Ops())
    assert found is not None
    assert found.source == source


@pytest.mark.parametrize(("state", "enabled"), [("1", True), ("2", False), ("3", False)])
def test_disabled(state: str, enabled: bool) -> None:
    found = app(pixel()["package"].replace("enabled=0", f"enabled={state}"), PACKAGE, (), 34, Ops())
    assert found is not None
    assert found.enabled is enabled


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("versionName=v2024.10-beta (5)", "v2024.10-beta (5)"),
        ("versionName=1.2,345", "1.2,345"),
        ("versionName=latest", "latest"),
        ("versionName=２．１", "2.1"),
        ("versionName=null", None),
        ("versionName=9\u202e1", None),
        ("versionName=", None),
        ("versionName=\x1b[31m9.9", None),
        ("versionName=" + "9" * 500, None),
    ],
)
def test_versions_as_makers_write_them(text: str, version: str | None) -> None:
    found = app(pixel()["package"].replace("versionName=2.1.0", text), PACKAGE, (), 34, Ops())
    assert found is not None
    assert found.version == version


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("RUN_ANY_IN_BACKGROUND: ignore; time=+1m2s", False),
        ("Uid mode: RUN_ANY_IN_BACKGROUND: ignore\nRUN_ANY_IN_BACKGROUND: allow", False),
        ("RUN_ANY_IN_BACKGROUND: allow", True),
        ("No operations.\nDefault mode: allow", True),
        ("Error: Unknown operation string: RUN_ANY_IN_BACKGROUND", None),
        ("", None),
    ],
)
def test_app_ops(text: str, allowed: bool | None) -> None:
    assert op(text, "RUN_ANY_IN_BACKGROUND") is allowed
