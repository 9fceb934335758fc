"""A guideline drafted from samples: what is recognised is written down, what is unsure is marked."""

import hashlib
import re
from collections.abc import Sequence

from msgspec import Struct

from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.signs import tell_apart
from billdrop.guidelines.draft.sketch import Doubt, Sketch
from billdrop.guidelines.draft.trying import (
    examples_of,
    mark_strays,
    mended,
    refused,
    without_currency,
)
from billdrop.guidelines.guide import Guide
from billdrop.readers import Limits

__all__ = ["Doubt", "Drafted", "draft"]


class Drafted(Struct, frozen=True, kw_only=True):
    """A drafted guideline."""

    text: str
    """The guideline file; it passes `lint` but for what only a person knows: a currency, what tells the layout apart."""
    recognised: tuple[str, ...]
    """What was recognised, a sentence each."""
    unsure: tuple[Doubt, ...]
    """What a person has to look at; marked in the text too."""
    unread: tuple[str, ...]
    """The samples that it does not read without errors."""


def draft(
    samples: Sequence[tuple[str, bytes]],
    *,
    name: str = "",
    customer: str = "",
    others: Sequence[Guide] = (),
) -> Drafted:
    """
    A guideline that reads the samples, each a name and the bytes of a document of one layout.

    `others`: guidelines in use, whose documents it is not to take; those that come with billdrop are
    among them always. Pure: the same samples give the same text. Raises `UsageError` for what is no text, for XML and
    JSON of no known standard, and for records of fixed width.
    """
    from billdrop.guidelines.draft import fixed, known, tables, texts
    from billdrop.guidelines.library import builtins

    own = tuple(builtins(Limits()))
    made = [Sample(*sample) for sample in samples]
    sketch = Sketch(name=name or _named(customer, made), customer=customer)
    if not known.extended(made, sketch, own) and not tables.drafted(made, sketch):
        fixed.refuse(made)
        texts.drafted(made, sketch)
    return _finished(sketch, made, (*own, *(it for it in others if not it.builtin)))


def _named(customer: str, samples: Sequence[Sample]) -> str:
    """A name for a guideline of a customer, another one for other samples."""
    bare = re.sub("[^a-z0-9]+", "-", customer.casefold()).strip("-")[:52]
    digest = hashlib.sha256(b"\0".join(it.content for it in samples)).hexdigest()[:4]
    return f"{bare}-draft-{digest}" if bare else f"draft-{digest}"


def _finished(sketch: Sketch, samples: Sequence[Sample], others: Sequence[Guide]) -> Drafted:
    guide = mended(sketch, samples)
    if guide:
        tell_apart(sketch, guide, samples, others)
        mark_strays(sketch, guide, samples)
    shown = examples_of(guide, samples) if guide else []
    examples = [without_currency(it) for it in shown] if sketch.currency_open else shown
    unsure = tuple(Doubt(field=field, why=why) for field, why in sketch.doubts.items())
    return Drafted(
        text=sketch.text(examples),
        recognised=tuple(sketch.recognised),
        unsure=unsure,
        unread=tuple(it.name for it in samples if guide is None or refused(guide, it)),
    )
