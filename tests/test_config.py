"""The user's settings, and which language diag speaks."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

import diag.config as config_module
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
        (
            "[support]",
            "support: there is no such key here. Use one of: app, lang, "
            "deadline, name_app, public_resolvers, history, word, unattended.",
        ),
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


# --- layers -------------------------------------------------------------------------------------


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The system's file and the user's, in places of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(config_module, "system_config_path", lambda: tmp_path / "system.toml")
    config_path().parent.mkdir()
    return tmp_path / "system.toml", config_path()


def test_the_users_file_goes_before_the_systems_key_by_key(
    layers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    system, own = layers
    system.write_text('lang = "ja"\ndeadline = 30\n[word]\ndesktop = true\nrepeat_minutes = 5\n')
    own.write_text("deadline = 20\n[word]\nrepeat_minutes = 9\n")
    monkeypatch.setenv("DIAG_DEADLINE", "5")
    monkeypatch.setenv("DIAG_WORD_COMMAND", '["/bin/tell", "me"]')
    config = load_config()
    assert config.lang == "ja"
    assert config.deadline == 5
    assert config.word.desktop
    assert config.word.repeat_minutes == 9
    assert config.word.command == ("/bin/tell", "me")
    origin = {each.key: each.source for each in config_module.settings()}
    assert origin["lang"] == origin["word.desktop"] == str(system)
    assert origin["word.repeat_minutes"] == str(own)
    assert origin["deadline"] == "DIAG_DEADLINE"
    assert origin["history.keep_days"] is None


def test_a_named_file_stands_in_for_the_users(
    layers: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, own = layers
    system.write_text("deadline = 30\n")
    own.write_text('lang = "ja"\n')
    (tmp_path / "fleet.toml").write_text('app = "promise"\n')
    monkeypatch.setenv("DIAG_CONFIG", str(tmp_path / "fleet.toml"))
    assert load_config() == Config(app="promise", deadline=30)
    monkeypatch.setenv("DIAG_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match="no_file"):
        load_config()


@pytest.mark.usefixtures("layers")
@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("DIAG_DEADLINE", "soon", "this must be a number."),
        ("DIAG_LANG", "jp", '"jp" is not possible here. Use one of: en, ja.'),
        ("DIAG_WORD_QUIET_FROM", "25:00", '"25:00" is no time of day.'),
        ("DIAG_WORD_COMMAND", "tell", "this must be a list in [ ]."),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert caught.value.render("en").startswith(f"{name}: {line}")
    assert "quotes" not in caught.value.render("en")


@pytest.mark.usefixtures("layers")
def test_every_key_can_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "app": "promise",
        "lang": "ja",
        "deadline": "5",
        "name_app": "true",
        "public_resolvers": "false",
        "history.keep_days": "7",
        "history.keep_mb": "8",
        "word.desktop": "true",
        "word.command": '["/bin/tell"]',
        "word.apprise": '["keyring:ops"]',
        "word.about": "problem",
        "word.quiet_from": "22:00",
        "word.quiet_to": "07:00",
        "word.repeat_minutes": "0",
        "unattended.write": '["/var/lib/diag.prom"]',
        "unattended.heavy": '["os"]',
    }
    for key, value in values.items():
        monkeypatch.setenv(config_module.variable_of(key), value)
    assert {each.key for each in config_module.settings() if each.source} == set(values)
    assert [each.key for each in config_module.settings() if not each.source] == []
