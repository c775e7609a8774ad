"""The user's settings, and which language diag speaks."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from diag.config import Config, ConfigError, _macos_language, config_path, language_of, load_config


def written(directory: Path, text: str) -> Path:
    path = directory / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config()


def test_the_file_is_in_the_users_configuration_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert config_path().name == "config.toml"
    assert tmp_path in config_path().parents
    config_path().parent.mkdir(parents=True)
    config_path().write_text('lang = "ja"')
    assert load_config().lang == "ja"


def test_all_settings_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'app = "promise"\nlang = "ja"\ndeadline = 5')
    assert load_config(path) == Config(app="promise", lang="ja", deadline=5)
    assert load_config(written(tmp_path, "deadline = 2.5")).deadline == 2.5


def test_an_app_by_path_counts_from_the_file_or_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    (tmp_path / "mine").write_text("")
    apps = {
        app: load_config(written(tmp_path, f"app = '{app}'")).app
        for app in ("mine.toml", "apps/mine.toml", "mine", "/etc/a.toml", "~/a.toml", "promis")
    }
    assert apps == {
        "mine.toml": str(tmp_path / "mine.toml"),
        "apps/mine.toml": str(tmp_path / "apps/mine.toml"),
        "mine": str(tmp_path / "mine"),
        "/etc/a.toml": "/etc/a.toml",
        "~/a.toml": "/home/me/a.toml",
        "promis": "promis",  # an id that is not there: answered with the nearest when it is needed
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'language = "ja"',
            'language: there is no such key here. Did you mean "lang"?',
        ),
        ("[support]", "support: there is no such key here. Use one of: app, lang, deadline."),
        ('lang = "jp"', 'lang: "jp" is not possible here. Use one of: en, ja.'),
        ("deadline = '10'", "deadline: this must be a number, not text in quotes. Write: 10"),
        ("deadline = 0", "deadline: this must be a number from 1 to 300."),
        ("deadline = nan", "deadline: this must be a number from 1 to 300."),
        ("app = ''", "app: this is empty. Fill it in, or take the key out."),
    ],
)
def test_a_wrong_setting_gives_one_line(text: str, line: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.render("en") == f"{path}: {line}"


def test_several_wrong_settings_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "deadline = 0\nlang = 5\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.render("en").endswith(" (1 more.)")
    assert len(caught.value.lines("ja")) == 2


def test_a_directory_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.toml")
    assert "this is a directory" in caught.value.render("en")


JA, EN = Config(lang="ja"), Config(lang="en")


@pytest.mark.parametrize(
    ("option", "config", "environ", "language"),
    [
        ("en", JA, {"LANG": "ja_JP.UTF-8"}, "en"),
        ("ja", None, {}, "ja"),
        (None, JA, {"LANG": "en_US.UTF-8"}, "ja"),
        (None, EN, {"LC_ALL": "ja_JP.UTF-8"}, "en"),
        (None, Config(), {"LANG": "ja_JP.UTF-8"}, "ja"),
        (None, None, {"LANG": "ja"}, "ja"),
        (None, None, {"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        (None, None, {"LC_ALL": "", "LC_MESSAGES": "ja_JP.eucJP", "LANG": "en_US"}, "ja"),
        (None, None, {"LC_CTYPE": "ja_JP.UTF-8", "LANG": "fr_FR.UTF-8"}, "en"),
        (None, None, {}, "en"),
    ],
)
def test_the_option_goes_before_the_settings_before_the_locale(
    option: str | None, config: Config | None, environ: dict[str, str], language: str
) -> None:
    assert language_of(option, config, environ) == language


def test_the_first_language_of_a_mac_is_read(tmp_path: Path) -> None:
    preferences = tmp_path / ".GlobalPreferences.plist"
    assert _macos_language(preferences) == "en"
    for form in (plistlib.FMT_BINARY, plistlib.FMT_XML):
        preferences.write_bytes(plistlib.dumps({"AppleLanguages": ["ja-JP", "en-JP"]}, fmt=form))
        assert language_of(_macos_language(preferences), None, {}) == "ja"
    for broken in (b"", b"<plist><dict>", b"bplist00", plistlib.dumps({"AppleLanguages": []})):
        preferences.write_bytes(broken)
        assert _macos_language(preferences) == "en"
