"""`diag watch` in the lab: the service goes away, comes back, and somebody is told."""

from __future__ import annotations

import threading

import pytest

from tests.lab import faults, places
from tests.lab.lab import Lab, World, toml
from tests.lab.web import Page

BACK_AFTER_S = 6.0


def login_is_down(world: World) -> None:
    faults.nothing_listens(world.net, places.LOGIN)


@pytest.mark.parametrize(
    ("lang", "down", "back"),
    [
        ("en", "Next look in about", "Example works again, as far as can be seen from here."),
        ("ja", "次は約", "エグザンプルは、ここから見える限り復旧しました。"),
    ],
)
def test_the_service_comes_back(lang: str, down: str, back: str) -> None:
    with Lab(login_is_down) as lab:
        world = lab.world
        timer = threading.Timer(BACK_AFTER_S, world.net.internet.run, ("nft", "flush", "ruleset"))
        timer.start()
        profile = world.net.dir / "app.toml"
        profile.write_text(toml(world.profile), encoding="utf-8")
        ran = lab.diag(
            "watch", "--app", str(profile), "--every", "10s", "--for", "50s", "--lang", lang
        )
        timer.cancel()
    lines = ran.stdout.splitlines()
    assert down in lines[1], ran.stdout
    assert back in lines[-1], ran.stdout
    assert ran.code == 0
    assert ran.stderr == ""


def test_what_works_already_needs_no_waiting() -> None:
    with Lab() as lab:
        profile = lab.world.net.dir / "app.toml"
        profile.write_text(toml(lab.world.profile), encoding="utf-8")
        ran = lab.diag("watch", "--app", str(profile))
        requests = lab.world.web.requests()
    assert "Nothing is wrong with Example" in ran.stdout
    assert ran.code == 0
    assert all(each["method"] in ("GET", "HEAD") for each in requests)


def test_what_waiting_does_not_mend_is_said_at_once() -> None:
    def outdated(world: World) -> None:
        world.profile["app"]["minimum_version"] = "2.5"

    with Lab(outdated) as lab:
        profile = lab.world.net.dir / "app.toml"
        profile.write_text(toml(lab.world.profile), encoding="utf-8")
        ran = lab.diag("watch", "--app", str(profile))
    assert "Waiting does not put this right" in ran.stdout
    assert ran.code == 1


def test_a_server_that_asks_for_a_longer_wait_than_there_is_is_left_alone() -> None:
    def limited(world: World) -> None:
        world.web["login.app.test"].page = Page(status=429, headers={"Retry-After": "600"})

    with Lab(limited) as lab:
        profile = lab.world.net.dir / "app.toml"
        profile.write_text(toml(lab.world.profile), encoding="utf-8")
        ran = lab.diag("watch", "--app", str(profile), "--every", "10s", "--for", "40s")
        asked = [each for each in lab.world.web.requests() if each["host"] == "login.app.test"]
    assert "Still not" in ran.stdout
    assert ran.code == 1
    assert 0 < len(asked) <= 6, "one look, and not another within ten minutes"
