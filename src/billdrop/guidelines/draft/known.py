"""Drafts for what a guideline that comes with billdrop reads already."""

from collections.abc import Sequence

from billdrop.errors import UsageError
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sketch import Sketch
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.library import Library
from billdrop.guidelines.standards import shown
from billdrop.model import DocumentRef


def extended(samples: Sequence[Sample], sketch: Sketch, guides: Sequence[Guide]) -> bool:
    """
    Draft an extension of the one guideline that recognises all samples; false where there is none.

    `guides`: those that come with billdrop.
    """
    known = Library(tuple(guides))
    found = {_recognised(known, sample) for sample in samples}
    name = found.pop() if len(found) == 1 else ""
    guide = known.named(name) if name else None
    if guide is None:
        _refuse_trees(samples)
        return False
    sketch.extends = name
    sketch.title = guide.guideline.title
    sketch.recognised.append(f"{name}: {guide.guideline.title}")
    _doubt_declared(guide, sketch)
    return True


def _recognised(known: Library, sample: Sample) -> str:
    ref = DocumentRef(bucket="draft", key="sample/sample.txt", version="1", customer="sample")
    guide = known.select(ref, sample.content)
    return guide.ref.name if isinstance(guide, Guide) else ""


def _doubt_declared(guide: Guide, sketch: Sketch) -> None:
    """A currency that the standard has no place for is the guideline's own word."""
    given = guide.guideline
    if given.locale.currency and "currency" not in given.fields:
        code = given.locale.currency
        sketch.doubt("currency", f"the text has no place for it; `{given.guideline}` takes {code}")


def _refuse_trees(samples: Sequence[Sample]) -> None:
    """Trees and segments are read by paths, which no text shows by itself."""
    for sample in samples:
        claimed = shown(sample.content)
        begins = sample.text.lstrip()[:1]
        if claimed or begins in ("<", "{", "["):
            what = f"`{claimed}`" if claimed else ("XML" if begins == "<" else "JSON")
            fact = f"{sample.name} is {what}, which no guideline that comes with billdrop reads"
            raise UsageError(fact, hint="write its paths by hand: docs/guidelines.md shows how")
