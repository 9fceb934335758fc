"""What must hold between `[policy]` and the fields that a guideline has a place for."""

from collections.abc import Iterator

from billdrop.guidelines.faults import Fault, meant
from billdrop.guidelines.model import INVOICE_FIELDS, Guideline

_SELLER = ("seller_tax_id", "seller_id", "seller")


def faults(guideline: Guideline) -> Iterator[Fault]:
    """A policy of what the layout never states would hold every invoice, or none."""
    policy = guideline.policy
    if policy is None:
        return
    for rule in ("required", "identifiers"):
        table = getattr(policy, rule)
        for index, name in enumerate(table.fields if table else ()):
            path = ("policy", rule, "fields", index)
            if name not in INVOICE_FIELDS:
                message = f"`policy.{rule}` names `{name}`, which is no field of an invoice"
                yield Fault(path, message, meant(name, INVOICE_FIELDS))
            elif name not in guideline.fields:
                message = f"`policy.{rule}` names `{name}`, which is not in `[fields]`"
                yield Fault(path, message, "say in `[fields]` where it stands")
    if policy.sellers and not any(name in guideline.fields for name in _SELLER):
        hint = "say in `[fields]` where `seller_tax_id`, `seller_id` or `seller` stands"
        yield Fault(("policy", "sellers"), "`policy.sellers`: no field names the seller", hint)
    if policy.file and not policy.file.name and not policy.file.bytes:
        yield Fault(("policy", "file"), "`policy.file` has neither `name` nor `bytes`")
