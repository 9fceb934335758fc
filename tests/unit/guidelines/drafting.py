"""Drafts as tests make them: held to be sound, but for what they ask a person for."""

from collections.abc import Sequence

from billdrop.guidelines.draft import Drafted, draft
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.trying import read_with
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide, lint
from billdrop.model import Invoice
from billdrop.readers import Limits

NO_CURRENCY = "no currency is stated (BD2010)"
EVERY_DOCUMENT = "`match` states nothing, so that it holds for every document"


def drafted(*texts: str | bytes, others: Sequence[Guide] = (), **given: str) -> Drafted:
    samples = [
        (f"{at}.txt", it.encode() if isinstance(it, str) else it) for at, it in enumerate(texts)
    ]
    made = draft(samples, others=others, **given)
    text = made.text
    if "nothing was found" in doubts(made).get("match", ""):
        assert EVERY_DOCUMENT in [it.message for it in lint(text, "draft.toml")]
        text = text.replace("contains = []", 'contains = ["anything"]')
    problems = lint(text, "draft.toml")
    if "the text states none" in doubts(made).get("currency", ""):
        assert all(NO_CURRENCY in it.message for it in problems)
        problems = lint(in_dollars(text), "draft.toml")
    assert problems == []
    return made


def in_dollars(text: str) -> str:
    """The draft, once a person has filled in what it asks for."""
    return text.replace("locale = { ", 'locale = { currency = "USD", ')


def invoices(made: Drafted, text: str | bytes) -> list[Invoice]:
    """What the draft reads of a text."""
    guide = compile_guide(made.text, origin="draft", limits=Limits())
    sample = Sample("0.txt", text.encode() if isinstance(text, str) else text)
    return [it.invoice for it in read_with(guide, sample).records if it.invoice]


def doubts(made: Drafted) -> dict[str, str]:
    return {doubt.field: doubt.why for doubt in made.unsure}
