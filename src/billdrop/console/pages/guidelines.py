"""The playground: a sample beside a guideline, and what is read of it, alive as it is typed."""

import re
from typing import Any

import msgspec
from msgspec.structs import replace

from billdrop.books.columns import plain
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.original import Mark, found, lines_of, shown
from billdrop.console.page import Sheet, link
from billdrop.console.shelf import Shelf, mark_of
from billdrop.errors import UsageError
from billdrop.guidelines.extending import names
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.lint import examine
from billdrop.guidelines.marks import marks
from billdrop.model import Document, DocumentRef, Finding, Invoice, Record
from billdrop.parsing.reading import read
from billdrop.readers import Limits

SAMPLE_CHARS = 200_000
RECORDS = 50


def show(desk: Desk, ask: Ask) -> Sheet:
    """The guidelines there are; and the playground with the one, or the document, that is asked for."""
    guides = sorted(desk.library().guides, key=lambda guide: guide.ref.name)
    named = next((guide for guide in guides if guide.ref.name == ask.query.get("name")), None)
    sample, customer = _sample(desk, ask)
    text = own_text(named) if named else ""
    if sample and not named and ask.query.get("draft"):
        text = drafted(sample, customer, guides)
    sheet = _playground(desk, ask, guides, named, text, sample, customer)
    lies = _unloaded(desk, ask)
    if lies is not None:
        sheet.values |= {"text": lies, "named": ask.query["name"], "mark": mark_of(lies)}
    return sheet


def _unloaded(desk: Desk, ask: Ask) -> str | None:
    """What was saved a moment ago and is not loaded yet, or cannot be used."""
    name = ask.query.get("name", "")
    known = desk.library().named(name)
    asked = ask.query.get("saved") or known is None
    if desk.shelf is None or not asked or not re.fullmatch(r"[a-z0-9-]+", name):
        return None
    return desk.shelf.text(name)


def draft(desk: Desk, ask: Ask) -> Sheet:
    """The playground with a guideline drafted from the sample that was posted."""
    guides = sorted(desk.library().guides, key=lambda guide: guide.ref.name)
    sample, customer = (ask.form.get(name, "") for name in ("sample", "customer"))
    text = drafted(sample, customer, guides)
    return _playground(desk, ask, guides, None, text, sample, customer)


def drafted(sample: str, customer: str, others: list[Guide]) -> str:
    """A guideline drafted from a text; why there is none, as its comment, where it cannot be."""
    from billdrop.guidelines.draft import draft as made

    given = [("the sample", sample.encode("utf-8", "replace"))]
    try:
        return made(given, customer=customer, others=others).text
    except UsageError as error:
        return f"# no draft: {error.message}; {error.hint}\n"


def _playground(  # noqa: PLR0917  what the page shows
    desk: Desk,
    ask: Ask,
    guides: list[Guide],
    named: Guide | None,
    text: str,
    sample: str,
    customer: str,
) -> Sheet:
    return Sheet(
        title="Guidelines",
        template="guidelines.html",
        values={
            "guides": guides,
            "named": named.ref.name if named else "",
            "text": text,
            "sample": sample or (_example(named) if named else ""),
            "customer": customer,
            "document": ask.form.get("document", "") or ask.query.get("document", ""),
            "said": None,
            "ours": False,
            "writable": desk.shelf is not None and not desk.read_only and ask.visitor.may(),
            "mark": mark_of(text) if named and not named.builtin else "",
        },
        rows=[
            {"name": guide.ref.name, "version": guide.ref.version, "title": guide.guideline.title}
            for guide in guides
        ],
    )


def own_text(guide: Guide) -> str:
    """What the file says, without what it extends."""
    from billdrop.guidelines.extending import BASE

    return guide.ref.text.partition(BASE)[0]


def _example(guide: Guide) -> str:
    return next((one.text for one in guide.guideline.examples if one.text), "")


def _sample(desk: Desk, ask: Ask) -> tuple[str, str]:
    """The text of the document that the playground was opened for, and whose it is."""
    from billdrop.console.pages.document import entry_of

    entry = entry_of(desk, ask, "document")
    if entry is None:
        return "", ""
    try:
        content = desk.archive.original(entry.document_id)[0].whole
    except KeyError:
        return "", ""
    return (content or b"")[:SAMPLE_CHARS].decode("utf-8", "replace"), entry.customer


def attempt(desk: Desk, ask: Ask) -> Sheet:
    """
    What the guideline reads of the sample: a part of the page, replaced as somebody types.

    Whose the sample is: the customer of the document it comes from, or the one the guideline is for.
    """
    text, sample = (ask.form.get(name, "") for name in ("text", "sample"))
    guide, problems = examine(text, limits=_limits(desk), beside=None)
    records: list[Record] = []
    findings: tuple[Finding, ...] = ()
    if guide is not None and not problems and sample:
        customer = ask.form.get("customer") or next(iter(guide.guideline.customers), "")
        beyond = desk.library().house.policies(customer)
        parsed = read(_document(desk, sample, guide), guide, beyond)
        records, findings = list(parsed.records)[:RECORDS], parsed.findings
    return Sheet(
        title="What is read",
        template="attempt.html",
        values={
            "problems": problems,
            "marks": list(marks(text.replace("\r\n", "\n"))),
            "lines": shown(lines_of(sample.encode("utf-8", "replace")), _marks(records, findings)),
            "records": [_values(record) for record in records],
            "findings": [*findings, *(one for record in records for one in record.findings)],
        },
    )


def _marks(records: list[Record], findings: tuple[Finding, ...]) -> list[Mark]:
    marks = list(found([*findings, *(one for record in records for one in record.findings)]))
    for record in records:
        for path, span in (record.spans() if record.spans else {}).items():
            marks.append(
                Mark(
                    line=span.line, column=span.column, length=len(span.text), name=path, note=path
                )
            )
    return marks


def _values(record: Record) -> dict[str, Any]:
    invoice = record.invoice
    return {
        "index": record.index,
        "verdict": "accepted" if record.accepted else "held" if record.waits else "refused",
        "values": _stated(invoice) if invoice else {},
        "lines": [_fields(line) for line in invoice.lines] if invoice else [],
    }


def _stated(invoice: Invoice) -> dict[str, str]:
    skipped = {"lines", "extra", "taxes", "allowances", "charges"}
    return _fields(invoice, skipped) | {
        f"extra.{name}": text for name, text in invoice.extra.items()
    }


def _fields(one: Any, skipped: set[str] = frozenset({"source_line"})) -> dict[str, str]:  # type: ignore[assignment]
    stated = msgspec.structs.asdict(one)
    return {
        name: plain(value) or ""
        for name, value in stated.items()
        if value is not None and value != () and name not in skipped
    }


def _document(desk: Desk, sample: str, guide: Guide) -> Document:
    encoding = str(getattr(guide.guideline.input, "encoding", "utf-8"))
    try:
        content = sample.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        content = sample.encode("utf-8", "replace")
    ref = DocumentRef(bucket="playground", key="sample/sample.txt", version="1", customer="sample")
    return Document(
        ref=ref, arrived_at=desk.now(), sha256=bytes(32), size=len(content), content=content
    )


class _InPlaceOfOurs(UsageError):
    """Raised where a guideline would take the place of one that comes with billdrop unnoticed."""


def save(desk: Desk, ask: Ask) -> str | Sheet:
    """Put a guideline to use; one that is refused stays in the playground, with the reason beside it."""
    try:
        name = _put(desk, ask)
        return link("guidelines", name=name, document=ask.form.get("document", ""), saved="yes")
    except UsageError as error:
        guides = sorted(desk.library().guides, key=lambda guide: guide.ref.name)
        text, sample, customer = (ask.form.get(name, "") for name in ("text", "sample", "customer"))
        sheet = _playground(desk, ask, guides, None, text, sample, customer)
        sheet.values |= {"said": error, "ours": isinstance(error, _InPlaceOfOurs)}
        sheet.values |= {"named": ask.form.get("opened", ""), "mark": ask.form.get("mark", "")}
        sheet.status = 409
        return sheet


def _put(desk: Desk, ask: Ask) -> str:
    """
    Write a guideline among those in use; returns its name.

    Raises `UsageError` for one that cannot be used, or fails its own examples.
    """
    text = ask.form.get("text", "").replace("\r\n", "\n")
    if desk.shelf is None:
        raise UsageError("guidelines cannot be written from here", hint="see `billdrop guideline`")
    with desk.shelf.examples() as folder:
        guide, problems = examine(text, limits=_limits(desk), beside=folder)
    if guide is None or problems:
        first = problems[0]
        raise UsageError(
            f"line {first.line}, column {first.column}: {first.message}", hint=first.hint
        )
    _unlike(guide, desk)
    _not_ours(guide.ref.name, desk.shelf, ask)
    _write(desk.shelf, ask, guide.ref.name, text)
    return guide.ref.name


def _not_ours(name: str, shelf: Shelf, ask: Ask) -> None:
    """Raises `_InPlaceOfOurs` where nobody said that it is meant, now or when it was put to use before."""
    if name in names() and not ask.form.get("replace") and shelf.text(name) is None:
        raise _InPlaceOfOurs(
            f"`{name}` is a guideline that comes with billdrop, and would be used no more",
            hint=f'give it another name and `extends = "{name}"`, or mark that it is meant',
        )


def _write(shelf: Shelf, ask: Ask, name: str, text: str) -> None:
    """Raises `UsageError` where somebody else wrote it since it was opened, or it was not opened."""
    opened = ask.form.get("opened") == name
    if shelf.put(name, text, over=ask.form.get("mark", "") if opened else ""):
        return
    if opened:
        raise UsageError(
            f"`{name}` was written by somebody else since it was opened here",
            hint="open it in another tab, bring both together, and save that",
        )
    raise UsageError(
        f"`{name}` is there already, and was not opened here",
        hint="open it, bring both together, and save that; or give `guideline` another name",
    )


def _unlike(guide: Guide, desk: Desk) -> None:
    """Raises `UsageError` where another text has the name and the version, so that no two are one."""
    known = desk.library().named(guide.ref.name)
    same = known is not None and known.ref.version == guide.ref.version
    if same and known is not None and known.ref.text != guide.ref.text:
        raise UsageError(
            f"`{guide.ref.name}` version {guide.ref.version} is in use with another text",
            hint="count `version` up to replace it, or give `guideline` another name",
        )


def changes(desk: Desk, ask: Ask) -> Sheet:
    """
    What would change in the recorded invoices if the guideline were put to use.

    Read with guides of its own: those in use are the pump's, and serve one thread at a time.
    """
    from billdrop.answers.replay import replay
    from billdrop.guidelines.library import Library
    from billdrop.guidelines.load import sound

    guide, problems = examine(ask.form.get("text", ""), limits=_limits(desk), beside=None)
    if guide is None or problems:
        raise UsageError(
            "the guideline cannot be used", hint=problems[0].message if problems else ""
        )
    limits, now = _limits(desk), desk.library()
    others = (one for one in now.guides if one.ref.name != guide.ref.name)
    made = (replace(sound(one.ref.text, limits), builtin=one.builtin) for one in others)
    own = Library((*made, guide), now.house)
    result = replay(desk.archive, own, limits, guideline=guide.ref.name)
    return Sheet(title="What would change", template="changes.html", values={"result": result})


def _limits(desk: Desk) -> Limits:
    return Limits(line_chars=desk.settings.line_chars)


PAGE = Page(
    show=show,
    roles=("finance",),
    actions={"save": save},
    trials={"attempt": attempt, "changes": changes, "draft": draft},
    title="Guidelines",
)
