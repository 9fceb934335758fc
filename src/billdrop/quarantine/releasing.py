"""Why an entry cannot be released, and what helps instead."""

from billdrop.codes import CODES
from billdrop.errors import UsageError
from billdrop.model import QuarantineEntry, errors_of

POLICY = "BD25"
"""Of the codes of what a policy asks."""

REJECTED = 'a policy rejects it; under `otherwise = "hold"` a person may let it pass'


def refused(entry: QuarantineEntry) -> UsageError | None:
    """What keeps a person from releasing an entry; None where nothing does."""
    if entry.barred:
        return UsageError(
            f"quarantine entry {entry.id} was rejected by {entry.rulings[-1].by}",
            hint="`billdrop quarantine reconsider` takes that back",
        )
    one = next((each for each in errors_of(entry.findings) if not each.may_pass), None)
    if one is None:
        return None
    return UsageError(
        f"quarantine entry {entry.id} waits for {one.code} ({CODES[one.code].title.lower()}),"
        " which nobody can release",
        hint=REJECTED if one.code.startswith(POLICY) else CODES[one.code].remedy,
    )
