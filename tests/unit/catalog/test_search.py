import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.search import patterns, searchable

han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=8)


def matches(pattern, text):
    return pattern[1:-1] in text


def test_chinese_is_stored_as_overlapping_pairs_and_letters_as_words():
    assert searchable("无线 Type-C 耳机壳", "5G") == " 无线 线 type c 耳机 机壳 壳 5g "


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("耳机", ["% 耳机 %"]),
        ("耳机壳", ["% 耳机 机壳 %"]),
        ("茶", ["% 茶%"]),
        ("Phone", ["%phone%"]),
        ("5G手机", ["% 5g%", "% 手机 %"]),
        ("１００％", ["%100%"]),
        ("!?%_", []),
    ],
)
def test_words_become_patterns(words, wanted):
    assert patterns(words) == wanted


@given(before=han, word=han, after=han)
def test_a_chinese_word_is_found_wherever_it_stands(before, word, after):
    (pattern,) = patterns(word)
    assert matches(pattern, searchable(before + word + after))
    assert matches(pattern, searchable(word + after))
    assert matches(pattern, searchable(before + word))


@given(text=han, word=han)
def test_a_chinese_word_is_not_found_where_it_does_not_stand(text, word):
    (pattern,) = patterns(word)
    assert matches(pattern, searchable(text)) == (word in text)


@given(words=st.text(max_size=80))
def test_no_input_makes_a_wildcard_of_its_own(words):
    assert all("%" not in pattern[1:-1] and "_" not in pattern and "\\" not in pattern for pattern in patterns(words))
