"""Without any network there is one cause; what it keeps from being looked at is listed there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from diag.catalog import Catalog
from diag.model import Language
from tests.cli.diag_process import DIAG, diag, environment

PROFILE = """
schema = 1
[app]
id = "example"
name = { en = "Example", ja = "エグザンプル" }
[[endpoint]]
id = "login"
url = "https://login.app.test/"
role = "login"
[status_page]
url = "https://status.app.test"
[account]
lockout_after = 5
"""

HEADINGS = {
    "en": ("Could not be checked because of this", "Could not be told"),
    "ja": ("このために確かめられなかったこと", "確かめていないこと"),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "app.toml").write_text(PROFILE, "utf-8")
    return tmp_path


def section(text: str, heading: str) -> str:
    """What stands below a heading; nothing if it is not there."""
    _, _, rest = text.partition(f"\n {heading}\n")
    return rest.partition("\n\n")[0]


def listed(text: str, heading: str) -> set[str]:
    return set(re.split(r"\s·\s|\s{2,}|: ", re.sub(r"\n\s+", " ", section(text, heading)).strip()))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("symptom", "hidden"),
    [
        ("login", ("endpoint", "clock", "status", "account")),
        ("slow", ("endpoint", "clock", "status", "internet.line")),
    ],
)
def test_all_that_needs_the_network_is_below_the_one_cause(
    home: Path, language: Language, symptom: str, hidden: tuple[str, ...]
) -> None:
    done = diag(home, "run", "--app", "app.toml", "--symptom", symptom, "--lang", language)
    text = done.stdout.decode()
    because, untold = HEADINGS[language]
    catalog = Catalog.load(language, ("checks",))
    expected = {catalog.check(name) for name in hidden}
    assert done.returncode == 1
    assert expected <= listed(text, because)
    assert not expected & listed(text, untold)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_same_without_even_loopback(home: Path, language: Language) -> None:
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", *DIAG, "run", "--lang", language],
        env=environment(home),
        cwd=home,
        capture_output=True,
        timeout=60,
        check=False,
    )
    text = done.stdout.decode()
    because, untold = HEADINGS[language]
    clock = Catalog.load(language, ("checks",)).check("clock")
    assert done.returncode == 1
    assert clock in listed(text, because)
    for needless in ("dns.forgery", "internet.filter"):  # the profile names no host to look at
        title = Catalog.load(language, ("checks",)).check(needless)
        assert title not in listed(text, untold) | listed(text, because)


@pytest.mark.parametrize(
    ("language", "first", "phone"),
    [
        ("en", "This PC is not connected to any network.", "Look at these settings on the phone"),
        (
            "ja",
            "この PC はどのネットワークにもつながっていません。",
            "スマートフォンで、次の設定を",
        ),
    ],
)
def test_the_trouble_is_on_the_phone_and_the_pc_sees_nothing(
    home: Path, language: Language, first: str, phone: str
) -> None:
    """What keeps the PC from looking comes first, what to do on the phone after it."""
    done = diag(
        *(home, "run", "--app", "app.toml", "--symptom", "login"),
        *("--on", "phone", "--lang", language),
    )
    text = re.sub(r"\s+", " " if language == "en" else "", done.stdout.decode())
    first = first if language == "en" else first.replace(" ", "")
    because, _ = HEADINGS[language]
    endpoint = Catalog.load(language, ("checks",)).check("endpoint")
    assert 0 < text.index(first) < text.index(phone)
    assert endpoint in listed(done.stdout.decode(), because)
