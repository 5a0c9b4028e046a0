"""Our own codes notice what people mistype."""

import random

from shopfloor.core.codes import ALPHABET, LENGTH, new_code, read_code

CODES = [new_code(letter) for letter in "WBTRM" for _ in range(8)]


def test_every_single_wrong_character_is_noticed() -> None:
    for code in CODES:
        for place in range(LENGTH):
            for letter in ALPHABET:
                if letter != code[place]:
                    assert read_code(code[:place] + letter + code[place + 1 :]) is None


def test_every_swap_of_neighbours_is_noticed_the_check_character_included() -> None:
    for code in CODES:
        for place in range(LENGTH - 1):
            left, right = code[place], code[place + 1]
            if left != right:
                assert read_code(code[:place] + right + left + code[place + 2 :]) is None


def test_a_code_is_read_as_people_type_it() -> None:
    for code in CODES:
        typed = code.lower().replace("0", random.choice("oO0")).replace("1", random.choice("iIlL1"))
        assert read_code(f" {typed[:5]}-{typed[5:]} ") == code


def test_what_is_no_code_is_none_and_never_an_error() -> None:
    for text in ("", "B", CODES[0] + "0", "ßßßßß", "Ⅷ" * 10, "\x00" * 10, "\ud800" * 10, "U" * 10):
        assert read_code(text) is None


def test_codes_of_all_zeros_in_the_body_are_still_checked() -> None:
    body = "0" * (LENGTH - 1)
    assert [letter for letter in ALPHABET if read_code(body + letter)] == ["0"]
