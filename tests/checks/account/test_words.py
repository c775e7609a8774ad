"""How an ID and a password look, in words."""

from __future__ import annotations

import pytest

from checks.account.words import method_in_words
from diag.app_profile import CredentialShape, LocalText, LoginMethod

CARD = {"en": "Card number and PIN", "ja": "カード番号と暗証番号"}


@pytest.mark.parametrize(
    ("pattern", "en", "ja"),
    [
        ("[0-9]{4}", "4 half-width digits", "半角数字 4 桁"),
        (r"\d{4}", "4 half-width digits", "半角数字 4 桁"),
        ("[0-9]{10}|[0-9]{15,16}", "10 or 15-16 half-width digits", "半角数字 10 か 15～16 桁"),
        ("[A-Za-z0-9]{8,20}", "8-20 half-width letters or digits", "半角英数字 8～20 文字"),
    ],
)
def test_a_simple_pattern_is_put_into_words(pattern: str, en: str, ja: str) -> None:
    method = LoginMethod(name=CARD, secret=CredentialShape(pattern=pattern))
    assert method_in_words(method) == {
        "en": f"Card number and PIN: {en}",
        "ja": f"カード番号と暗証番号（{ja}）",
    }


@pytest.mark.parametrize(
    "pattern", [".+", "[A-Za-z0-9!#$]{8,}", "(?=.*[0-9]).{8,20}", "[0-9]{4}|x", "[^0-9]{4}", ""]
)
def test_what_is_not_simple_is_left_to_the_profile(pattern: str) -> None:
    assert method_in_words(LoginMethod(name=CARD, id=CredentialShape(pattern=pattern))) == CARD


@pytest.mark.parametrize(
    ("characters", "ja"),
    [
        ({"ja": "半角数字、ハイフンなし"}, "半角数字、ハイフンなし、10 か 15～16 文字"),
        ({"ja": "半角数字 10 桁か 15～16 桁"}, "半角数字 10 桁か 15～16 桁"),
        ({"ja": "半角数字 １０ 桁"}, "半角数字 １０ 桁"),
        ("half-width digits", "half-width digits、10 か 15～16 文字"),
    ],
)
def test_the_profiles_words_go_first_and_lengths_are_added_where_they_lack(
    characters: str | LocalText, ja: str
) -> None:
    shape = CredentialShape(pattern="[0-9]{10}|[0-9]{15,16}", characters=characters)
    assert (
        method_in_words(LoginMethod(name=CARD, id=shape))["ja"] == f"カード番号と暗証番号（{ja}）"
    )


def test_id_and_secret_stand_beside_each_other() -> None:
    method = LoginMethod(
        name=CARD,
        id=CredentialShape(pattern="[0-9]{10}", characters={"en": "10 digits", "ja": "数字 10 桁"}),
        secret=CredentialShape(pattern="[0-9]{4}"),
    )
    assert method_in_words(method) == {
        "en": "Card number and PIN: 10 digits; 4 half-width digits",
        "ja": "カード番号と暗証番号（数字 10 桁、半角数字 4 桁）",
    }


def test_one_language_is_enough() -> None:
    method = LoginMethod(name={"ja": "会員番号"}, id=CredentialShape(pattern="[0-9]{8}"))
    assert set(method_in_words(method).values()) == {
        "会員番号: 8 half-width digits",
        "会員番号（半角数字 8 桁）",
    }
