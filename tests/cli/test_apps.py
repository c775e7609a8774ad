"""`diag apps`: what is printed where, and the exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from diag.app_profile import AppProfile
from tests.cli.diag_process import diag

BAD = """schema = 1
[app]
id = "mine"
name = { ja = "私のアプリ" }
[[endpoint]]
id = "login"
url = "https://login.app.test/"
role = "logn"
[suport]
"""


def said(stream: bytes) -> list[str]:
    return stream.decode().splitlines()


def test_list_names_the_profiles_in_the_users_language(tmp_path: Path) -> None:
    done = diag(tmp_path, "apps", "list", "--lang", "ja")
    assert said(done.stdout) == ["generic  この PC とネットワーク", "promise  プロミス"]
    assert (done.returncode, done.stderr) == (0, b"")
    done = diag(tmp_path, "apps", "list")
    assert said(done.stdout) == ["generic  This PC and its network", "promise  Promise"]


def test_show_says_what_the_profile_makes_diag_do(tmp_path: Path) -> None:
    done = diag(tmp_path, "apps", "show", "promise", "--lang", "ja")
    assert said(done.stdout) == [
        "プロミス（promise）",
        "diag に同梱",
        "",
        "順に確かめる先（名前解決、接続、証明書、応答）:",
        "  login: https://cyber.promise.co.jp/（ログイン）",
        "    正常とみなす応答: 200-399, 401, 405",
        "障害情報のページは登録されていません。",
        "アプリのインストール先は登録されていません。",
        "最新版を調べる先は登録されていません。",
        "ログインの方法:",
        "  カード番号と暗証番号",
        "    ID: 半角数字 10 桁か 15～16 桁、ハイフンなし（パターン [0-9]{10}|[0-9]{15,16}）",
        "    パスワード・暗証番号: 半角数字 4 桁（パターン [0-9]{4}）",
        "  Web-ID とパスワード",
        "ロックの解除: 自動契約機で解除（本人確認書類を持参）",
        "問い合わせ先: 0120-24-0365（オペレーターは平日 9:00～18:00、それ以外は自動音声）",
        "他人にログインされたとき: 0120-24-0365",
    ]
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_show_has_words_for_every_key(tmp_path: Path, language: str) -> None:
    """The documented profile has every key: nothing of it may come out nameless or empty."""
    text = (Path(__file__).parents[2] / "docs/app-profile.md").read_text("utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "mine.toml").write_text(block, "utf-8")
    done = diag(tmp_path, "apps", "show", "mine.toml", "--lang", language)
    assert done.returncode == 0
    lines = said(done.stdout)
    assert lines[1].endswith("mine.toml")
    assert all(line.strip() for line in lines[:2] + lines[3:])
    assert not [line for line in lines if re.search(r"\bapp\.\w+$|\{[a-z_]+[:}]", line)]
    if language == "en":
        assert "Planned maintenance: Sunday, last Monday 00:00-06:00 (Asia/Tokyo)" in lines
        assert "Locked after 5 failed tries, for 30 min" in lines
        assert "A reset does not lift the lock." in lines
        assert "Looks for the app on: Windows, macOS, Linux, Android, iPhone, iPad" in lines


def test_show_as_json_is_the_profile_with_its_hash(tmp_path: Path) -> None:
    import msgspec

    done = diag(tmp_path, "apps", "show", "promise", "--format", "json")
    shown = json.loads(done.stdout)
    profile = msgspec.convert(shown["profile"], AppProfile)
    assert profile.app.name["ja"] == "プロミス"
    assert len(shown["sha256"]) == 64
    assert shown["source"] == "bundled"


def test_an_unknown_id_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    done = diag(tmp_path, "apps", "show", "promis")
    assert said(done.stderr)[0] == (
        'diag: there is no app profile "promis". Did you mean "promise"? '
        "All of them: diag apps list"
    )
    assert (done.returncode, done.stdout) == (2, b"")


def test_check_says_ok_and_what_the_profile_does(tmp_path: Path) -> None:
    good = BAD.replace("logn", "login").replace("[suport]", "")
    (tmp_path / "mine.toml").write_text(good, "utf-8")
    done = diag(tmp_path, "apps", "check", "mine.toml", "--offline")
    assert said(done.stdout)[:3] == [
        "OK: mine.toml: 私のアプリ (mine)",
        "Probes, layer by layer (name, connection, certificate, answer):",
        "  login: https://login.app.test/ (login)",
    ]
    assert (done.returncode, done.stderr) == (0, b"")


def test_check_says_everything_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(BAD, "utf-8")
    done = diag(tmp_path, "apps", "check", "mine.toml")
    assert said(done.stderr) == [
        'mine.toml: suport: there is no such key here. Did you mean "support"?',
        'mine.toml: endpoint[1].role: "logn" is not possible here. Did you mean "login"?',
    ]
    assert (done.returncode, done.stdout) == (2, b"")


def test_check_knows_the_causes_of_the_installed_checks(tmp_path: Path) -> None:
    good = BAD.replace("logn", "login").replace("[suport]", "")
    known = "[[known_error]]\npattern = 'E-1'\ncause = '{}'\n"
    (tmp_path / "mine.toml").write_text(good + known.format("link.dwn"), "utf-8")
    done = diag(tmp_path, "apps", "check", "mine.toml")
    assert said(done.stderr) == [
        'mine.toml: known_error[1].cause: diag knows no cause "link.dwn". Did you mean "link.down"?'
    ]
    assert done.returncode == 2
    (tmp_path / "mine.toml").write_text(good + known.format("link.down"), "utf-8")
    assert diag(tmp_path, "apps", "check", "mine.toml", "--offline").returncode == 0


def test_a_hostile_name_reaches_no_terminal(tmp_path: Path) -> None:
    name = "\x1b[2J\x07.toml"
    done = diag(tmp_path, "apps", "check", name)
    assert said(done.stderr) == [".toml: there is no such file. Check the path."]
    assert done.returncode == 2


def test_settings_that_are_wrong_are_named(tmp_path: Path) -> None:
    (tmp_path / ".config/diag").mkdir(parents=True)
    (tmp_path / ".config/diag/config.toml").write_text('lnag = "ja"')
    done = diag(tmp_path, "apps", "list")
    assert said(done.stderr)[0].endswith('lnag: there is no such key here. Did you mean "lang"?')
    assert done.returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "cp850", "cp1252", "latin-1", "utf-8"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_encoding_breaks_the_output(tmp_path: Path, encoding: str, language: str) -> None:
    done = diag(
        *(tmp_path, "apps", "show", "promise", "--lang", language),
        env={"PYTHONIOENCODING": encoding},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if encoding == "cp932":
        assert "\\u" not in done.stdout.decode("cp932")
