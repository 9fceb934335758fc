"""Who sells and who buys: by labels, by the letterhead, or said to be missing."""

from collections.abc import Sequence

from billdrop.guidelines.draft.choosing import Choice
from billdrop.guidelines.draft.letterhead import letterheads
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sightings import PARTIES
from billdrop.guidelines.draft.sketch import Sketch

NO_SELLER = (
    'add `seller = { value = "…" }` to `[fields]`, and the name to `match`,'
    " if all documents of the layout are one seller's"
)


def without_blocks(choices: Sequence[Choice]) -> list[Choice]:
    """The choices without parties whose names stand below their labels, as addresses do."""
    return [it for it in choices if not (it.field in PARTIES and it.seen[0].side == "below")]


def set_parties(
    samples: Sequence[Sample], sketch: Sketch, kept: Sequence[Choice], seen: Sequence[Choice]
) -> None:
    """
    The seller as a constant where a letterhead names it, or a block that the reader does not read.

    `kept`: the choices that are in the draft, of those that were seen. What is missing is marked.
    """
    dropped = {it.field: it for it in seen if it not in kept}
    if "seller" not in sketch.fields:
        block = [dropped["seller"].seen[0].value] if "seller" in dropped else []
        taken = {one.value for choice in seen for one in choice.seen}
        shown = [it for it in letterheads(samples) if it not in taken]
        _set_seller(sketch, [*block, *shown])
    if "buyer" in dropped:
        one = dropped["buyer"].seen[0]
        fact = f"`{one.value}` stands below `{one.label}`, where the labelled reader reads nothing"
        sketch.doubt("buyer", f'{fact}; `reader = "layout"` does, with `side = "below"`')


def _set_seller(sketch: Sketch, names: Sequence[str]) -> None:
    if not names:
        sketch.doubt("seller", f"neither a label nor a letterhead names it; {NO_SELLER}")
        return
    name, *others = names
    sketch.fields["seller"] = {"value": name}
    sketch.recognised.append(f"seller: `{name}`, the letterhead")
    rival = f"; `{others[0]}` may be it too" if others else ""
    sketch.doubt("seller", f"no label says it: `{name}` is taken for the letterhead{rival}")
    if sketch.input["reader"] == "labelled":
        sketch.tables["ignore"] = [name, *sketch.tables.get("ignore", ())]
