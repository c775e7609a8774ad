from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from diag.render.layout import NO_END, NO_START, twins, wrap

JAPANESE = st.text(
    alphabet="あいのをがしっゃー日本語設定画面アプリネット、。・（）「」『』 ab1290.,:;!?Wi-F→",
    max_size=120,
)


@given(text=JAPANESE, width=st.integers(10, 100))
def test_no_line_is_wider_and_no_character_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(text=st.text(max_size=60), width=st.integers(10, 40))
def test_any_text_comes_to_an_end(text: str, width: int) -> None:
    assert wrap(text, width)


SENTENCES = (
    "この Wi-Fi は、最初に利用登録（サインイン）が必要です。まだパスワードの再設定や再入力は"
    "しないでください。入力が原因ではありません。",
    "「設定」→「ネットワークとインターネット」→「モバイル ホットスポット」を開き、"
    "「オン」にします。",
    "ログイン画面・障害情報のページ・アプリの最新版は、このために確かめられませんでした。",
)


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("width", range(24, 81))
def test_lines_begin_and_end_where_japanese_allows(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert [line for line in lines if line[0] in NO_START] == []
    assert [line for line in lines if line[-1] in NO_END] == []


@pytest.mark.parametrize("width", [40, 50, 60, 70, 80])
def test_words_are_not_torn(width: int) -> None:
    lines = wrap(SENTENCES[0], width)
    for word in (
        "利用登録",
        "サインイン",
        "必要です。",
        "パスワード",
        "再設定",
        "入力",
        "Wi-Fi は、",
    ):
        assert any(word in line for line in lines), word


def test_a_number_stays_with_its_unit_and_a_command_in_one_piece() -> None:
    assert wrap("They expect it back in 50 min", 26) == ["They expect it back in", "50 min"]
    assert wrap("直るまでおよそ 約 50 分かかります", 22)[-1].startswith("約 50 分")
    assert wrap("then type `diag watch` once", 16) == ["then type", "`diag watch`", "once"]


def test_what_is_longer_than_a_line_is_cut() -> None:
    url = "https://login.app.test/" + "a" * 40
    assert wrap(f"see {url}", 30) == ["see", url[:30], url[30:60], url[60:]]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "● a → b · c…"),
        ("cp932", "● a → b ・ c…"),
        ("cp850", "* a -> b · c..."),
        ("ascii", "* a -> b - c..."),
        ("no-such-encoding", "* a -> b - c..."),
    ],
)
def test_signs_have_twins_where_the_encoding_lacks_them(encoding: str, expected: str) -> None:
    assert "● a → b · c…".translate(twins(encoding)) == expected
