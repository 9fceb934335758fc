"""Everything that is wrong with a guideline is said at once, at its place, with what to do."""

from pathlib import Path

import pytest

from billdrop.errors import GuidelineError
from billdrop.guidelines.load import Problem, compile_guide, lint, load
from billdrop.readers import Limits

LABELLED = """\
guideline = "acme"
version = 1
match = { contains = ["Invoice"] }
input = { reader = "labelled" }
locale = { currency = "EUR" }
[fields]
number = { label = "Invoice" }
issue_date = { label = "Date" }
total = { label = "Total" }
"""

DELIMITED = """\
guideline = "shop"
version = 1
input = { reader = "delimited" }
[fields]
number = { column = "No" }
issue_date = { column = "Date" }
total = { column = "Total" }
[lines.fields]
net = { column = "Net" }
"""


def found(text: str) -> list[tuple[str, str, int, int]]:
    return [
        (problem.code, problem.path, problem.line, problem.column)
        for problem in lint(text, "acme.toml")
    ]


def only(text: str) -> Problem:
    problems = lint(text, "acme.toml")
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize("text", [LABELLED, DELIMITED])
def test_sound_guideline_has_no_problems(text: str) -> None:
    assert lint(text, "acme.toml") == []
    assert load(text, origin="acme.toml").guideline in ("acme", "shop")


def test_text_that_is_no_toml_is_named_with_its_place() -> None:
    problem = only("guideline = acme\n")
    assert (problem.code, problem.line, problem.column) == ("BD4002", 1, 13)
    assert problem.message == "not TOML: invalid value"


def test_all_problems_are_found_at_once_in_the_order_of_the_text() -> None:
    text = LABELLED.replace("[fields]", 'encodin = "x"\n[fields]').replace(
        "version = 1", 'version = "1"'
    )
    assert found(text + "[checks]\ntotl = 4\n") == [
        ("BD4004", "version", 2, 1),
        ("BD4003", "encodin", 6, 1),
        ("BD4003", "checks.totl", 12, 1),
    ]


SHAPES = [
    ("guideline = 'Acme X'", "guideline", "small letters"),
    ("locale = { currency = 'euro' }", "locale.currency", "ISO 4217"),
    ("match = { contain = ['x'] }", "match.contain", "did you mean `contains`?"),
    ("input = { reader = 'labeled' }", "input.reader", "did you mean `labelled`?"),
    ("input = { }", "input.reader", "`labelled`, `delimited`"),
    ("input = { reader = 'delimited', delimeter = ';' }", "input.delimeter", "`delimiter`"),
    ("input = { reader = 'delimited', delimiter = ';;' }", "input.delimiter", ""),
    ("atomic = 'yes'", "atomic", ""),
    ("corrections = 'newest'", "corrections", ""),
    ("checks = { total = 'warning' }", "checks.total", "did you mean `warn`?"),
    ("checks = { tolerance = true }", "checks.tolerance", ""),
    ("checks = { tolerance = -0.5 }", "checks.tolerance", ""),
    ("lines = 4", "lines", ""),
    ("ignore = ['a', 1]", "ignore[1]", ""),
    ("records = { start = ['a', 1] }", "records.start[1]", ""),
    ("records = { start = 1 }", "records.start", ""),
    ("examples = [{ text = 'x' }]", "examples[0].expect", "add it"),
    ("sections = { 'a b' = 1 }", 'sections."a b"', ""),
]


@pytest.mark.parametrize(("line", "path", "hint"), SHAPES, ids=[line for line, *_ in SHAPES])
def test_key_or_value_that_is_not_known_is_named(line: str, path: str, hint: str) -> None:
    key = line.split(" = ", 1)[0]
    kept = "\n".join(one for one in LABELLED.split("\n") if not one.startswith(f"{key} "))
    problems = [problem for problem in lint(f"{line}\n{kept}", "x") if problem.path == path]
    assert len(problems) == 1
    assert hint in problems[0].hint
    assert problems[0].line == 1


def test_value_of_the_wrong_kind_says_every_kind_it_may_be() -> None:
    text = LABELLED.replace('label = "Date"', "label = 7")
    assert only(text).message == "`fields.issue_date.label` is not a text or a list"


def test_fields_that_are_no_table_are_named() -> None:
    assert only(LABELLED.replace('{ label = "Date" }', "3")).path == "fields.issue_date"


RULES = [
    (LABELLED, "date = { label = 'D' }", "fields.date", "BD4003", "`issue_date`"),
    (LABELLED, "due-date = { label = 'D' }", "fields.due-date", "BD4003", "`due_date`"),
    (LABELLED, "colour = { label = 'D' }", "fields.colour", "BD4003", "`[extra]`"),
    (LABELLED, "[extra]\ntax = { label = 'D' }", "extra.tax", "BD4004", "`[fields]`"),
    (LABELLED, "[extra]\na = { label = 'D', type = 'date' }", "extra.a.type", "BD4004", "`text`"),
    (LABELLED, "tax = { label = 'D', type = 'text' }", "fields.tax.type", "BD4004", "`money`"),
    (LABELLED, "tax = { required = true }", "fields.tax", "BD4004", "`label`, `value` or `sum`"),
    (LABELLED, "tax = { column = 1 }", "fields.tax.column", "BD4004", "`label`"),
    (LABELLED, "tax = { label = 'T', value = '1' }", "fields.tax.value", "BD4004", "keep one"),
    (LABELLED, "tax = { label = 'T', section = 'Sum' }", "fields.tax.section", "BD4004", ""),
    (LABELLED, "tax = { sum = ['lines.tax'] }", "fields.tax.sum[0]", "BD4004", "term"),
    (LABELLED, "tax = { sum = ['number'] }", "fields.tax.sum[0]", "BD4004", "term"),
    (LABELLED, "tax = { sum = ['tax'] }", "fields.tax.sum[0]", "BD4004", "term"),
    (LABELLED, "seller = { sum = ['total'] }", "fields.seller.sum", "BD4004", ""),
    (LABELLED, "[lines.fields]\nnet = { value = '1' }", "lines.fields", "BD4004", "take it out"),
    (DELIMITED, "price = { column = 'P' }", "lines.fields.price", "BD4003", "`unit_price`"),
    (DELIMITED, "x = { column = 'P' }", "lines.fields.x", "BD4003", "`lines` has"),
    (DELIMITED, "tax = { column = 0 }", "lines.fields.tax.column", "BD4004", "from 1"),
    (DELIMITED, "tax = { label = 'T' }", "lines.fields.tax.label", "BD4004", "`column`"),
    (DELIMITED, "tax = { sum = ['total'] }", "lines.fields.tax.sum", "BD4004", ""),
    (
        LABELLED,
        "tax = { label = 'T', required_where = { net = '1' } }",
        "fields.tax.required_where",
        "BD4004",
        "`required`",
    ),
    (
        DELIMITED,
        "unit = { column = 'U' }\ntax = { column = 'T', required_where = { unti = 'h' } }",
        "lines.fields.tax.required_where.unti",
        "BD4004",
        "`unit`",
    ),
    (DELIMITED, "[sections]\na = 'A'", "sections", "BD4004", "take it out"),
    (DELIMITED, "[records]\nstart = 'A'", "records", "BD4004", "take it out"),
    (DELIMITED, "[lines]\nstart = 'A'", "lines.start", "BD4004", "take it out"),
]


@pytest.mark.parametrize(
    ("text", "added", "path", "code", "hint"), RULES, ids=[added for _, added, *_ in RULES]
)
def test_what_does_not_hold_among_keys_is_named(
    text: str, added: str, path: str, code: str, hint: str
) -> None:
    if added.startswith("[lines]"):
        text = text.replace("[lines.fields]", f"{added}\n[lines.fields]")
        added = ""
    problems = [one for one in lint(text + added, "x") if one.path == path]
    assert problems
    assert problems[0].code == code
    assert hint in problems[0].hint


REPLACED = [
    (LABELLED, 'number = { label = "Invoice" }\n', "", "fields"),
    (LABELLED, "version = 1", 'version = 1\nidentity = ["number", "seller"]', "identity[1]"),
    (LABELLED, '"EUR"', '"EUX"', "locale.currency"),
    (LABELLED, 'currency = "EUR"', 'currencies = { "€" = "EUO" }', 'locale.currencies."€"'),
    (LABELLED, 'currency = "EUR"', 'group = ","\ndecimal = ","', "locale.group"),
    (LABELLED, 'currency = "EUR"', 'group = "0"', "locale.group"),
    (LABELLED, 'currency = "EUR"', 'dates = ["DD.MM"]', "locale.dates[0]"),
    (LABELLED, 'currency = "EUR"', "dates = []", "locale.dates"),
    (LABELLED, 'currency = "EUR"', 'dates = ["D MMM YYYY"]\nlanguage = "xx"', "locale.language"),
    (LABELLED, 'reader = "labelled"', 'reader = "labelled", encoding = "utf-9"', "input.encoding"),
    (LABELLED, 'reader = "labelled"', 'reader = "labelled", encoding = "rot13"', "input.encoding"),
    (LABELLED, 'reader = "labelled"', 'reader = "labelled", encoding = "utf-7"', "input.encoding"),
    (DELIMITED, 'reader = "delimited"', 'reader = "delimited", quote = ","', "input.quote"),
    (DELIMITED, 'reader = "delimited"', 'reader = "delimited", quote = "\\n"', "input.quote"),
    (DELIMITED, 'reader = "delimited"', 'reader = "delimited", line_end = "[]"', "input.line_end"),
    (
        DELIMITED,
        'reader = "delimited"',
        'reader = "delimited", header = false',
        "fields.number.column",
    ),
    (DELIMITED, 'column = "No"', 'value = "7"', "fields.number"),
    (DELIMITED, 'column = "Total"', 'value = "much"', "fields.total.value"),
]


@pytest.mark.parametrize(
    ("text", "old", "new", "path"), REPLACED, ids=[f"{new}-{path}" for *_, new, path in REPLACED]
)
def test_value_that_cannot_be_used_is_named(text: str, old: str, new: str, path: str) -> None:
    if "\n" in new and "locale" in path:
        text, old = text.replace('locale = { currency = "EUR" }', f"[locale]\n{new}"), ""
    problems = lint(text.replace(old, new, 1) if old else text, "x")
    assert path in [problem.path for problem in problems]
    assert all(problem.code == "BD4004" for problem in problems)


def test_text_to_match_that_the_encoding_does_not_have_is_named() -> None:
    text = LABELLED.replace('["Invoice"]', '["Rechnung", "Счёт"]').replace(
        '"labelled"', '"labelled", encoding = "cp1252"'
    )
    assert only(text).path == "match.contains[1]"


def test_sum_may_add_fields_and_lines_that_are_stated() -> None:
    text = LABELLED.replace('total = { label = "Total" }', 'total = { sum = ["net", "tax"] }')
    text += 'tax = { label = "Tax" }\nnet = { sum = ["lines.net"] }\n'
    text += '[lines]\nstart = "Items"\nrow = "{name:text}: {net:money}"\n'
    assert lint(text, "x") == []


def test_sums_that_go_round_are_named() -> None:
    text = LABELLED + "net = { sum = ['tax'] }\ntax = { sum = ['payable'] }\n"
    text += "payable = { sum = ['net', 'total'] }\n"
    assert {problem.path for problem in lint(text, "x")} == {
        "fields.net.sum[0]",
        "fields.tax.sum[0]",
        "fields.payable.sum[0]",
    }


def test_pattern_that_cannot_be_used_is_named_at_its_key() -> None:
    text = LABELLED + '[lines]\nstart = "Items"\nrow = "{name:text}{net:mony}"\n'
    problem = only(text)
    assert (problem.code, problem.path, problem.line) == ("BD4005", "lines.row", 12)


def test_example_needs_a_file_or_a_text_and_known_fields() -> None:
    text = DELIMITED + '[[examples]]\nexpect = { totl = "1" }\n'
    text += '[[examples]]\ntext = "a"\nfile = "b"\nexpect = []\n'
    assert found(text) == [
        ("BD4004", "examples[0]", 10, 3),
        ("BD4003", "examples[0].expect.totl", 11, 12),
        ("BD4004", "examples[1]", 12, 3),
    ]


def test_load_raises_with_every_problem_and_the_first_in_its_message() -> None:
    with pytest.raises(GuidelineError) as caught:
        load(LABELLED.replace("version = 1", "versio = 1"), origin="acme.toml")
    error = caught.value
    problems = error.facts["problems"]
    assert isinstance(problems, tuple)
    assert [problem.path for problem in problems] == ["version", "versio"]
    assert str(error).startswith("acme.toml:1:1: the key `version` is missing (and 1 more)")
    assert error.error_code == "BD4004"


def test_problem_without_a_remedy_of_its_own_points_to_lint() -> None:
    with pytest.raises(GuidelineError, match="billdrop guideline lint"):
        load(LABELLED.replace("[fields]", 'atomic = "yes"\n[fields]'), origin="acme.toml")


def test_guide_is_made_again_from_its_text_alone(tmp_path: Path) -> None:
    text = DELIMITED + '[[examples]]\nfile = "gone.csv"\nexpect = []\n'
    guide = compile_guide(text, origin="shop@1", limits=Limits())
    assert (guide.ref.name, guide.ref.version, guide.ref.text) == ("shop", 1, text)
    assert len(guide.ref.digest) == 64
    assert compile_guide(guide.ref.text, origin="x", limits=Limits()).ref == guide.ref


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ('net = { column = "Net", less = ["tax"] }', "lines.fields.net.less[0]"),
        (
            'net = { column = "Net", less = ["tax"] }\ntax = { value = "1" }',
            "lines.fields.net.less[0]",
        ),
        (
            'net = { column = "Net", less = ["name"] }\nname = { column = "N" }',
            "lines.fields.net.less[0]",
        ),
        (
            'net = { column = "Net" }\nname = { column = "N", less = ["net"] }',
            "lines.fields.name.less[0]",
        ),
        ('net = { value = "1", less = ["net"] }', "lines.fields.net.less"),
    ],
)
def test_only_an_amount_of_a_line_has_other_amounts_in_it(field: str, path: str) -> None:
    assert only(DELIMITED.replace('net = { column = "Net" }', field)).path == path
    taxed = 'net = { column = "Net", less = ["tax"] }\ntax = { column = "Tax" }'
    assert lint(DELIMITED.replace('net = { column = "Net" }', taxed), "acme.toml") == []


@pytest.mark.parametrize(
    "stated", ["{ contains = [] }", "{}", '{ contains = [""], filename = "" }']
)
def test_match_that_every_document_fits_is_refused(stated: str) -> None:
    text = LABELLED.replace('{ contains = ["Invoice"] }', stated)
    assert found(text) == [("BD4004", "match", 3, 1)]


def test_everything_of_a_customer_is_read_without_a_match() -> None:
    text = LABELLED.replace('match = { contains = ["Invoice"] }', 'customers = ["acme"]')
    assert found(text) == []
