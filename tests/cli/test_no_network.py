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
