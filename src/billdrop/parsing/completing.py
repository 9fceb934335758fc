"""From a draft to a record: constants, sums, the currency, what is required, and the checks."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from billdrop.books.columns import plain
from billdrop.checks import Check, Fault, chosen, length
from billdrop.checks.agree import looked_at
from billdrop.checks.exact import total_of
from billdrop.guidelines.model import Guideline
from billdrop.guidelines.terms import Term, term
from billdrop.model import (
    CREDIT_NOTES,
    Finding,
    Invoice,
    Line,
    Record,
    Severity,
    Span,
    opposite,
)
from billdrop.readers import Draft, Limits
from billdrop.readers.tables import constants
from billdrop.values import words
from billdrop.values.excerpts import Place, finding
from billdrop.values.kinds import kinds

ALWAYS = ("number", "issue_date", "total")
"""Without them there is no invoice; the currency may be the locale's."""
OF_LINES = frozenset(("lines_net", "lines_tax", "line_amount", "line_tax", "bases"))
"""The checks that mean nothing where a line could not be read."""
_NEEDED = frozenset((*ALWAYS, "currency"))


class Plan(Struct, frozen=True, kw_only=True):
    """What a guideline asks for after reading, worked out once."""

    constants: dict[str, Any]
    sums: tuple[tuple[str, tuple[Term, ...]], ...]
    """In an order in which every term is known before it is used."""
    required: tuple[str, ...]
    lines_required: bool
    extra: bool
    currency: str
    spoken: Callable[[str], str | None]
    checks: tuple[tuple[str, Check, Severity], ...]
    others: tuple[Check, ...]
    """The checks that remain where the amounts agree."""
    negative: bool
    """Whether amounts of a credit note are printed with a minus."""
    tolerance: Decimal


def plan(guideline: Guideline) -> Plan:
    """Work out what the guideline asks for."""
    fields = guideline.fields
    required = [name for name in fields if fields[name].required and name != "currency"]
    limits = Limits()
    known = kinds(guideline.locale, digits=limits.digits, value_chars=limits.value_chars)
    checks = (*chosen(guideline), *_length(guideline, limits))
    return Plan(
        constants=constants(guideline, known),
        sums=tuple(
            _ordered({name: tuple(map(term, it.sum)) for name, it in fields.items() if it.sum})
        ),
        required=tuple(
            dict.fromkeys(
                [
                    *ALWAYS,
                    *required,
                    *(f"extra.{n}" for n, it in guideline.extra.items() if it.required),
                ]
            )
        ),
        lines_required=bool(guideline.lines and guideline.lines.required),
        extra=bool(guideline.extra),
        currency=guideline.locale.currency,
        spoken=words.currency_of(guideline.locale),
        checks=checks,
        others=tuple(check for name, check, _ in checks if name not in looked_at(guideline)),
        negative=guideline.credit_notes == "negative",
        tolerance=guideline.checks.tolerance,
    )


def _length(guideline: Guideline, limits: Limits) -> Iterator[tuple[str, Check, Severity]]:
    texts = len(guideline.fields) + len(guideline.extra)
    for check in length.build(texts, limits.value_chars):
        yield "length", check, Severity.ERROR


def _ordered(sums: Mapping[str, tuple[Term, ...]]) -> Iterator[tuple[str, tuple[Term, ...]]]:
    """Sums of sums after the sums; a circle, which the guideline's rules refuse, ends it."""
    waiting = dict(sums)
    while ready := [
        name
        for name, terms in waiting.items()
        if not any(not it.group and it.name in waiting for it in terms)
    ]:
        for name in ready:
            yield name, waiting.pop(name)


def completed(draft: Draft, index: int, asked: Plan) -> Record:
    """The record of a draft."""
    if draft.unread:
        return _record(draft, index, None, list(draft.findings))
    values = asked.constants | draft.values
    findings = list(draft.findings)
    lines = _lines(draft)
    if asked.sums:
        sum_up(values, lines, asked)
    _set_currency(values, draft, asked, findings)
    for path in asked.required:
        if path not in values and not any(found.field == path for found in findings):
            findings.append(_missing(path, draft))
    if asked.lines_required and not lines and not _about_lines(findings):
        findings.append(_missing("lines", draft))
    invoice = _invoice(values, lines, asked)
    if invoice is not None:
        findings += _checked(invoice, draft, asked)
    return _record(draft, index, invoice, findings)


def _record(draft: Draft, index: int, invoice: Invoice | None, findings: list[Finding]) -> Record:
    if len(findings) > 1:
        findings.sort(key=lambda found: (found.line or 0, found.column or 0))
    return Record(
        index=index,
        first_line=draft.first_line,
        last_line=draft.last_line,
        column=draft.column,
        invoice=invoice,
        findings=tuple(findings),
        spans=draft.spans,
    )


def _lines(draft: Draft) -> tuple[Line, ...]:
    return tuple([Line(**line) for line in draft.lines]) if draft.made is None else draft.made


def _invoice(values: dict[str, Any], lines: tuple[Line, ...], asked: Plan) -> Invoice | None:
    if not values.keys() >= _NEEDED:
        return None
    if asked.extra:
        set_extra(values)
    invoice = Invoice(**values, lines=lines)
    negative = asked.negative and invoice.type_code in CREDIT_NOTES
    return opposite(invoice) if negative else invoice


def set_extra(values: dict[str, Any]) -> None:
    """Put the further fields where the model has them."""
    paths = [path for path in values if path.startswith("extra.")]
    values["extra"] = {path[6:]: plain(values.pop(path)) or "" for path in paths}


def sum_up(values: dict[str, Any], lines: tuple[Line, ...], asked: Plan) -> None:
    """Work out the declared sums, exactly; one that lacks a term, or is printed, stays as it is."""
    for name, terms in asked.sums:
        if name in values:
            continue
        amounts: list[Decimal] = []
        for path, group, less, optional in terms:
            if group:
                items = lines if group == "lines" else values.get(group, ())
                stated = [it for item in items if (it := getattr(item, path)) is not None]
            else:
                stated = [values[path]] if path in values else []
            if not stated and not optional:
                break
            amounts += [it.copy_negate() for it in stated] if less else stated
        else:
            values[name] = total_of(amounts)


def _set_currency(
    values: dict[str, Any], draft: Draft, asked: Plan, findings: list[Finding]
) -> None:
    """The one currency of the invoice: as stated, or in words, or constant, or the locale's."""
    spoken = asked.spoken(values["in_words"]) if "in_words" in values else None
    constant = asked.constants.get("currency")
    stated = values.get("currency") or spoken or asked.currency
    for path, code in (("in_words", spoken), ("currency", constant)):
        if code and code != stated:
            fact = f"{path} is in {code}, other amounts of the invoice are in {stated}"
            fault = Fault("BD2011", fact, path, "an invoice has one currency")
            findings.append(_placed(fault, draft, Severity.ERROR))
    if stated:
        values["currency"] = stated
    elif not any(found.field == "currency" for found in findings):
        hint = "set `locale.currency` in the guideline, or declare the names that the text uses"
        fault = Fault("BD2010", "no currency is stated", "currency", hint)
        findings.append(_placed(fault, draft, Severity.ERROR))


def _missing(path: str, draft: Draft) -> Finding:
    """A required value that is not there, shown at the end of the record."""
    fact = "there are no lines" if path == "lines" else f"{path} is missing"
    hint = "correct the file, or the field in the guideline"
    return _placed(Fault("BD2003", fact, path, hint), draft, Severity.ERROR)


def _about_lines(findings: list[Finding]) -> bool:
    """Whether a line of the invoice could not be read, so that their sums mean nothing."""
    return any(
        found.field.startswith("lines") and found.severity is Severity.ERROR for found in findings
    )


def _checked(invoice: Invoice, draft: Draft, asked: Plan) -> list[Finding]:
    """What the checks find, in the text."""
    found: list[Finding] = []
    unread = bool(draft.findings) and _about_lines(draft.findings)
    for name, check, severity in asked.checks:
        if not (unread and name in OF_LINES):
            faults = check(invoice, asked.tolerance)
            if faults:
                found += [_placed(fault, draft, severity) for fault in faults]
    return found


def _placed(fault: Fault, draft: Draft, severity: Severity) -> Finding:
    """
    A finding where the value stands; when it stands nowhere, at the end of the record, or at its
    beginning in a line that others share.
    """
    span = draft.spans().get(fault.field)
    if span is not None:
        text = (draft.text and draft.text(span.line)) or ""
        if text[span.column - 1 :].startswith(span.text):
            place = Place(span.line, span.column, len(span.text), text)
        else:
            return _apart(fault, span, severity)
    else:
        text = (draft.text and draft.text(draft.last_line)) or ""
        place = Place(draft.last_line, draft.column or len(text) + 1, 1, text)
    return finding(
        fault.code, fault.message, place, hint=fault.hint, field=fault.field, severity=severity
    )


def _apart(fault: Fault, span: Span, severity: Severity) -> Finding:
    """A finding whose line of text is not at hand: it shows the value alone."""
    shown = finding(
        fault.code,
        fault.message,
        Place(span.line, 1, len(span.text), span.text),
        hint=fault.hint,
        field=fault.field,
        severity=severity,
    )
    return replace(shown, column=span.column)
