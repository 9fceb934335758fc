"""English words are read back to the number; num2words is the oracle."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from billdrop.guidelines.model import Locale
from billdrop.values import Failure, numerals, words
from billdrop.values.words import Spoken, english

LOCALE = Locale(
    currencies={
        "Space Rupees": "INR",
        "Rupees": "INR",
        "dollars": "USD",
        "dollar": "USD",
        "Franc-Or": "CHF",
    }
)
READ = words.reader(LOCALE)


@given(st.integers(-(10**17), 10**17))
def test_what_num2words_writes_is_read_back(number: int) -> None:
    assert READ(num2words(number)) == Spoken(Decimal(number), None)


@given(st.integers(0, 10**10 - 1))
def test_what_num2words_writes_in_india_is_read_back(number: int) -> None:
    assert READ(num2words(number, lang="en_IN")) == Spoken(Decimal(number), None)


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_what_num2words_writes_of_dollars_and_cents_is_read_back(whole: int, cents: int) -> None:
    amount = Decimal(whole) + Decimal(cents).scaleb(-2)
    text = num2words(amount, to="currency", currency="USD")
    assert READ(text) == Spoken(amount, "USD")


@given(st.decimals(0, 10**9, places=3))
def test_what_num2words_writes_after_the_point_is_read_back(number: Decimal) -> None:
    answer = READ(num2words(number))
    assert isinstance(answer, Spoken)
    assert answer.amount == number


@given(st.text())
def test_any_text_is_an_amount_or_a_failure(text: str) -> None:
    assert isinstance(READ(text), Spoken | Failure)


@given(
    st.lists(
        st.sampled_from([*numerals.SMALL, *numerals.SCALES, "hundred", "and", "cents", "point"])
    )
)
def test_any_number_words_are_an_amount_or_a_failure(given_words: list[str]) -> None:
    assert isinstance(READ(" ".join(given_words)), Spoken | Failure)


@given(st.integers(1, 10**15))
def test_quick_and_careful_reading_agree(number: int) -> None:
    text = num2words(number)
    quick = READ(text)
    assert quick == READ(f"exactly {text}")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("Space Rupees Eight thousand one hundred fifty only", "8150", "INR"),
        ("SPACE  RUPEES eight thousand", "8000", "INR"),
        ("Rupees One Lakh Twenty-Three Thousand and paise fifty only", "123000.50", "INR"),
        ("Rupees one lakh crore", "1000000000000", "INR"),
        ("two hundred thousand million", "200000000000", None),
        ("one hundred dollars and fifty cents", "100.50", "USD"),
        ("one hundred dollars and no cents", "100", "USD"),
        ("One Hundred Dollars.", "100", "USD"),
        ("USD eight thousand and 50/100", "8000.50", "USD"),
        ("eight thousand and no/100 dollars", "8000", "USD"),
        ("twelve hundred", "1200", None),
        ("a hundred", "100", None),
        ("hundred", "100", None),
        ("thousand", "1000", None),
        ("fifty cents", "0.50", None),
        ("eight and fifty cents", "8.50", None),
        ("minus five", "-5", None),
        ("Rupees minus five", "-5", "INR"),
        ("negative five rupees", "-5", "INR"),
        ("zero", "0", None),
        ("five franc-or", "5", "CHF"),
        ("two point five zero", "2.50", None),
    ],
)
def test_amount_in_words_is_understood(text: str, amount: str, currency: str | None) -> None:
    assert READ(text) == Spoken(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only",
        "eight quatloos",
        "five five",
        "twenty eleven",
        "hundred hundred",
        "five point",
        "five point twelve",
        "point five",
        "one hundred two hundred",
        "150",
        "five 50/100 six",
        "fifty five hundred cents",
        "dollars",
        "five and two hundred cents",
        "one thousand thousand x",
    ],
)
def test_words_out_of_place_are_bd2016(text: str) -> None:
    failure = READ(text)
    assert isinstance(failure, Failure)
    assert failure.code == "BD2016"


def test_two_currencies_in_words_are_bd2011() -> None:
    failure = READ("five dollars, five rupees")
    assert isinstance(failure, Failure)
    assert failure.code == "BD2011"


def test_without_declared_names_the_codes_are_known() -> None:
    assert words.reader(Locale())("eight INR") == Spoken(Decimal(8), "INR")


def test_currency_named_in_words_is_found_in_any_language() -> None:
    german = words.currency_of(Locale(language="de", currencies={"Euro": "EUR", "Franken": "CHF"}))
    assert german("achttausend Euro") == "EUR"
    assert german("achttausend") is None
    assert german("Euro oder Franken") is None
    english = words.currency_of(LOCALE)
    assert english("five dollars") == "USD"
    assert english("five quatloos") is None


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl"])
def test_words_of_other_languages_are_what_num2words_writes(language: str) -> None:
    ways = words.written(Decimal(8150), language, "EUR")
    assert words.fold(num2words(8150, lang=language)) in ways
    assert words.fold(num2words(8151, lang=language)) not in ways


def test_language_that_num2words_does_not_know_has_no_words() -> None:
    assert words.written(Decimal(5), "tlh", "EUR") == frozenset()


def test_phrases_read_before_change_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was read before, and however little of it is kept."""
    monkeypatch.setattr(numerals, "PHRASES", 40)
    groups = numerals.Groups()
    picked = st.lists(
        st.sampled_from([*numerals.SMALL, *numerals.SCALES, "hundred", "and", "only", "x"])
    )

    @given(picked, st.sampled_from([" ", "  ", "\t"]))
    def agree(given_words: list[str], blank: str) -> None:
        text = blank.join(given_words)
        assert groups.number(text) == numerals.quick(given_words)
        assert groups.number(" ".join(given_words)) == numerals.quick(given_words)

    agree()
    for number in range(0, 10**8, 99_991):
        text = num2words(number, lang="en_IN").replace("-", " ").replace(",", " ")
        assert groups.number(text) == numerals.quick(text.split())
    assert len(groups.known) <= 40 + 4


NAMES = {"Space Rupees": "INR", "Euro": "EUR", "Five": "USD"}
PARTS = [
    "Space Rupees",
    "euro",
    "five",
    "Thousand",
    "thousand",
    "one",
    "twelve",
    "hundred",
    "Forty-two",
]
PARTS += [
    "million",
    "lakh",
    "and",
    "only",
    "-thousand-",
    "zero",
    "two,",
    "THOUSAND",
    "five thousand",
]


def test_halves_read_before_change_no_answer() -> None:
    warm = english(NAMES)

    @given(
        st.lists(st.sampled_from(PARTS), max_size=8), st.lists(st.sampled_from(PARTS), max_size=4)
    )
    def agree(before: list[str], after: list[str]) -> None:
        for parts in ([*before, "thousand", *after], [*after, "thousand", *before], before):
            text = " ".join(parts)
            assert warm(text) == english(NAMES)(text)

    agree()


def test_name_of_a_currency_that_holds_thousand_is_no_half() -> None:
    warm = english({"foo thousand": "USD"})
    assert warm("foo thousand three thousand five") == Spoken(Decimal(3005), "USD")
    assert warm("one thousand six") == Spoken(Decimal(1006), None)
    assert warm("foo thousand six") == Spoken(Decimal(6), "USD")
