"""A call that cannot be read is answered in plain words: what is possible, and what next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.diag_process import diag

SAID = [
    (("run", "--deadline", "abc"), "from 1 to 300. For example: --deadline 10", "1 から 300 まで"),
    (("run", "--deadline", "0"), "'0' is not a number from 1 to 300", "「0」は使えません"),
    (("run", "--deadline"), "--deadline needs a value", "--deadline の後に値を"),
    (("run", "--offline=yes"), "--offline stands alone", "--offline は値を付けずに"),
    (("run", "--symptm", "x"), "Did you mean --symptom?", "--symptom のことですか"),
    (("run", "--symptom", "logn"), "Did you mean 'login'?", "「login」のことですか"),
    (("run", "--symptom", "?"), "login, slow, error", "login、slow、error"),
    (("run", "extra"), "too much: extra", "余分なものがあります: extra"),
    (("run", "promise"), "Did you mean --app promise?", "--app promise のことですか"),
    (("run", "login"), "Did you mean --symptom login?", "--symptom login のことですか"),
    (("--app", "promise"), "Write: diag run --app", "例: diag run --app"),
    (("rnu",), "Did you mean 'run'?", "「run」のことですか"),
    (("zzzz",), "There are: run, watch", "使えるのは run、watch"),
    (("apps", "lst"), "Did you mean 'list'?", "「list」のことですか"),
    (("apps", "show"), "Write: diag apps show ID|FILE", "こう書きます: diag apps show ID|FILE"),
    (("watch", "--for", "3x"), "For example: --for 90s", "例: --for 90s"),
    (("watch", "--for", "90h"), "from 1 s to 24 h", "1 秒から 24 時間まで"),
    (("history", "prune", "--keep", "x"), "a whole number of 0 or more", "0 以上の整数"),
    (("show", "none.json"), "none.json: there is no such file", "none.json: ファイルがありません"),
    (("show", "."), ". is a directory", ". はフォルダーです"),
    (("show",), "Start with: diag run", "まず diag run"),
    (("history", "show", "7"), "no run 7 in the history", "7 という診断は記録にありません"),
    (("checks", "show", "endpiont"), "Did you mean 'endpoint'?", "「endpoint」のことですか"),
    (("run", "--only", "endpiont"), "matches no check. Did you mean", "「endpoint」のことですか"),
    (("run", "--skip", "*"), "leave no check to run", "調べる項目がなくなりました"),
    (("run", "-o", "report"), "choose a name such as report.json", "report.json のような名前に"),
    (("schedule", "add", "--at", "25:00"), "For example: --at 08:30", "例: --at 08:30"),
    (
        ("schedule", "add", "--every", "7m"),
        "--every '7m' is not possible",
        "--every「7m」は使えません",
    ),
    (("schedule", "add", "--cron", "61 * * * *"), "not from 0 to 59", "例: --cron '30 8"),
    (("schedule", "remove"), "diag schedule add", "予定はありません"),
]


@pytest.mark.parametrize(("arguments", "english", "japanese"), SAID)
def test_in_either_language(
    tmp_path: Path, arguments: tuple[str, ...], english: str, japanese: str
) -> None:
    for language, expected in (("C.UTF-8", english), ("ja_JP.UTF-8", japanese)):
        done = diag(tmp_path, *arguments, env={"LANG": language})
        assert done.returncode == 2
        assert done.stdout == b""
        said = done.stderr.decode()
        assert expected in said
        assert said.startswith("diag: ")
        assert len(said.splitlines()) <= 2
        for programmers_word in ("float", "Invalid value", "Try '", "valid integer"):
            assert programmers_word not in said


def test_the_language_of_the_call_counts_even_where_it_is_wrong(tmp_path: Path) -> None:
    for lang in (("--lang", "ja"), ("--lang=ja",)):
        done = diag(tmp_path, "run", *lang, "--deadline", "abc")
        assert "例: --deadline 10" in done.stderr.decode()
        assert "diag run --help" in done.stderr.decode()


@pytest.mark.parametrize(
    ("language", "why"),
    [("C.UTF-8", "no such directory"), ("ja_JP.UTF-8", "そのフォルダーがありません")],
)
def test_a_file_that_cannot_be_written_is_explained(
    tmp_path: Path, language: str, why: str
) -> None:
    for arguments in (
        ("run", "--offline", "--only", "device", "-o", "none/r.json"),
        ("history", "export", "-o", "none/r.jsonl"),
    ):
        done = diag(tmp_path, *arguments, env={"LANG": language})
        assert done.returncode == 4
        assert why in done.stderr.decode()
        assert "none/r.json" in done.stderr.decode()
