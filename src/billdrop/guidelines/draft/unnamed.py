"""Amounts with labels that are not known, where net, tax and total stand below each other."""

from collections.abc import Iterator, Sequence

from billdrop.guidelines.draft.choosing import Choice
from billdrop.guidelines.draft.evidence import MONEY
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sightings import LINES, Sighting
from billdrop.guidelines.draft.words import LONGEST, fields_of, squashed

_SURE = 0
"""How surely such a label says it; one that is known is surer."""


def with_unnamed(sample: Sample, seen: Sequence[Sighting]) -> list[Sighting]:
    """What was seen, and what may be a net above a tax that is known, or a tax below a net."""
    return [*seen, *_unnamed(sample, seen)]


def _unnamed(sample: Sample, seen: Sequence[Sighting]) -> Iterator[Sighting]:
    nets, taxes = ({it.line for it in seen if it.field == field} for field in ("net", "tax"))
    rows = [(at, row) for at, row in enumerate(sample.rows[:LINES]) if row]
    for which, (at, row) in enumerate(rows):
        label = row[0].text.rstrip(" :\u00a0")
        if len(row) != 2 or not _is_unknown(label) or not MONEY.fullmatch(row[1].text):
            continue
        around = [line for line, _ in rows[max(which - 1, 0) : which + 2]]
        for field, beside in (("net", taxes & {*around[1:]}), ("tax", nets & {*around[:2]})):
            if beside:
                colon = row[0].text.endswith(":")
                yield Sighting(
                    field, label, row[1].text, _SURE, at, row[0].start, colon=colon, alone=True
                )


def _is_unknown(label: str) -> bool:
    """Whether a text can be a label, and is none that is known."""
    plain = squashed(label)
    return plain.isalpha() and len(label) <= LONGEST and not fields_of(label)


def marked(choice: Choice) -> Choice:
    """The choice, with doubt where its label is not known."""
    unknown = [it for it in choice.seen if it.strength == _SURE]
    if not unknown:
        return choice
    label = unknown[0].label
    why = f"the label `{label}` is none that is known; it is taken because the amounts add up"
    return choice._replace(doubt=why)
