"""Every port in memory, on plain dictionaries: the reference for the conformance suites."""

from billdrop.memory.ledger import MemoryLedger
from billdrop.memory.stores import MemoryDestination, MemoryInbox

__all__ = ["MemoryDestination", "MemoryInbox", "MemoryLedger"]
