"""What tells the documents of one sender from those of others: the `match` of a draft."""

import re
from collections.abc import Iterator, Sequence

from billdrop.guidelines.draft.choosing import Choice
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sketch import Sketch
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.matching import HEAD, Matcher
from billdrop.guidelines.standards import shown
from billdrop.model import DocumentRef

SEARCHED = 16_000
"""So many characters of a sample are within `HEAD`, however they are encoded."""
OWN = 2
"""So many texts that are the sender's alone are enough; one more tells its layouts apart."""
LABELS = 6
"""So many labels stand for a layout that nothing else tells."""

_WEB = re.compile(r"(?<![\w@.-])www\.([\w.-]+\.[a-z]{2,6})\b")
_MAIL = re.compile(r"[\w.+-]+@([\w-][\w.-]*\.[a-z]{2,6})\b")
_ANYBODYS = frozenset(
    ("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "orange.fr", "wanadoo.fr", "free.fr", "libero.it")
)  # fmt: skip
"""Hosts of the mail of anybody."""


def set_match(samples: Sequence[Sample], sketch: Sketch, choices: Sequence[Choice]) -> None:
    """Texts that all samples have: what is the sender's own, and then labels."""
    texts = [it.text[:SEARCHED] for it in samples]

    def common(wanted: Iterator[str]) -> list[str]:
        found = dict.fromkeys(it for it in wanted if len(it) > 3)
        return [it for it in found if all(it in text for text in texts)]

    own, labels = common(_own(sketch, choices, texts[0])), common(_labels(sketch, choices))
    contains = [*own[:OWN], *labels[:1]] if own else labels[:LABELS]
    sketch.match = {"contains": contains}
    sketch.spare = [it for it in (*own, *labels) if it not in contains]
    few = "one sample" if len(samples) == 1 else f"{len(samples)} samples"
    every = "every document of this layout has to contain"
    if own:
        why = f"chosen from {few}: {every} these texts, and no other"
    elif labels:
        why = f"nothing that is the sender's own was found in {few}, and others may have these labels too: add a text that only this sender's documents have"
    else:
        why = f"nothing was found in {few}: write texts that {every}, and no other has"
    sketch.doubt("match", why)


def _own(sketch: Sketch, choices: Sequence[Choice], text: str) -> Iterator[str]:
    """What names the sender: by a letterhead, by a label, by an account, by an address of its own."""
    seller = sketch.fields.get("seller", {}).get("value")
    if seller:
        yield seller
    stated = {it.field: it.seen[0].value for it in choices}
    for field in ("seller", "seller_tax_id", "payment_account"):
        if field in stated:
            yield stated[field]
    yield from (match[0] for match in list(_WEB.finditer(text))[:1])
    hosts = {match[1] for match in _MAIL.finditer(text)} - _ANYBODYS
    if len(hosts) == 1:
        yield f"@{hosts.pop()}"


def _labels(sketch: Sketch, choices: Sequence[Choice]) -> Iterator[str]:
    """What the layout says of its own: labels, and the heads of its columns."""
    by_field = {it.field: it.seen[0].label for it in choices}
    yield from (by_field[it] for it in ("number", "total", "issue_date") if it in by_field)
    yield from by_field.values()
    for place in sketch.lines.get("fields", {}).values():
        yield place["label"]


def tell_apart(
    sketch: Sketch, guide: Guide, samples: Sequence[Sample], others: Sequence[Guide]
) -> None:
    """
    Add to `match` until it takes no example of another guideline that reads the same customers.

    What cannot be told apart is marked.
    """
    for other in others:
        if other.ref.name in (guide.ref.name, sketch.extends) or not _meet(guide, other):
            continue
        for example in other.guideline.examples:
            _exclude(sketch, example.text, other.ref.name)
        matcher = Matcher(other)
        for sample in samples:
            if _recognises(matcher, sample):
                why = f"`{other.ref.name}` recognises {sample.name} too, and what two recognise waits (BD2002): make `match` or `customers` of both exclude each other"
                sketch.doubt("match", why)


def _meet(one: Guide, other: Guide) -> bool:
    """Whether there is a customer whose documents both read."""
    mine, theirs = one.guideline.customers, other.guideline.customers
    return not mine or not theirs or not {*mine}.isdisjoint(theirs)


def _exclude(sketch: Sketch, example: str, name: str) -> None:
    contains = sketch.match.get("contains", [])
    if not example or not contains or not all(it in example for it in contains):
        return
    more = next((it for it in sketch.spare if it not in example), "")
    if more:
        contains.append(more)
    else:
        why = f"an example of `{name}` has all of these texts: add one that only this sender's documents have"
        sketch.doubt("match", why)


def _recognises(matcher: Matcher, sample: Sample) -> bool:
    ref = DocumentRef(bucket="draft", key=f"sample/{sample.name}", version="1", customer="sample")
    head = sample.content[:HEAD]
    return matcher.recognises(ref, head, shown(head))
