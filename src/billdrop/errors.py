"""
What cannot be expected, drawn as a tree. What can (a duplicate, a bad line) is a value, see `model`.

    BilldropError
    ├── Terminal                    trying again cannot help
    │   ├── UsageError                the command was called in a way it does not take (exit 2)
    │   ├── ConfigurationError        the operator has to change something (exit 3)
    │   │   ├── GuidelineError          a guideline file cannot be used
    │   │   ├── DataDirectoryBusyError  another process writes to the data directory
    │   │   └── LedgerFormatError       the ledger is newer than the program, or not a ledger
    │   ├── PermissionDeniedError     a file or right is missing (exit 4)
    │   ├── QueryRefusedError         SQL that would not mean the same on both engines
    │   ├── SegmentConflictError      an object of the destination has other bytes than it must
    │   └── StackFailedError          CloudFormation could not make what it was told to (exit 5)
    └── Transient                   trying again may help
        ├── StorageFullError          no room left on the disk
        └── UnavailableError          it did not answer (exit 5)
"""

from typing import ClassVar


class BilldropError(Exception):
    """Every error of ours: a stable code, what happened, and what to do about it."""

    code: ClassVar[str] = "BD5000"
    exit_code: ClassVar[int] = 1

    def __init__(
        self, message: str, *, hint: str = "", code: str | None = None, **facts: object
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.error_code = code or self.code
        self.facts = facts

    def __str__(self) -> str:
        """The thing, the fact (code); the remedy."""
        remedy = f"; {self.hint}" if self.hint else ""
        return f"{self.message} ({self.error_code}){remedy}"

    def as_dict(self) -> dict[str, object]:
        """For `--json` and the HTTP problem document."""
        return {
            "code": self.error_code,
            "message": self.message,
            "hint": self.hint,
            **{name: str(fact) for name, fact in self.facts.items()},
        }


class Terminal(BilldropError):
    """Trying again cannot help."""


class Transient(BilldropError):
    """Trying again may help."""


class UsageError(Terminal):
    """The command was called in a way it does not take."""

    code = "BD5001"
    exit_code = 2


class ConfigurationError(Terminal):
    """The operator has to change something."""

    code = "BD5002"
    exit_code = 3


class GuidelineError(ConfigurationError):
    """A guideline file cannot be used."""

    code = "BD4001"


class DataDirectoryBusyError(ConfigurationError):
    """Another process writes to the data directory."""

    code = "BD5003"


class LedgerFormatError(ConfigurationError):
    """The ledger is newer than the program, or is not a ledger."""

    code = "BD5004"


class PermissionDeniedError(Terminal):
    """A file or right is missing."""

    code = "BD5005"
    exit_code = 4


class QueryRefusedError(Terminal):
    """SQL that would not mean the same on both engines."""

    code = "BD6001"
    exit_code = 2


class SegmentConflictError(Terminal):
    """An object of the destination has other bytes than its segment says it must."""

    code = "BD5006"


class StackFailedError(Terminal):
    """CloudFormation could not make, change or delete a stack."""

    code = "BD5011"
    exit_code = 5


class StorageFullError(Transient):
    """No room is left where the ledger or the destination lies."""

    code = "BD5007"


class UnavailableError(Transient):
    """A service or a file system did not answer."""

    code = "BD5008"
    exit_code = 5


def ours(error: Exception) -> BilldropError:
    """A surprise as an error of ours, its cause kept."""
    if isinstance(error, BilldropError):
        return error
    made = BilldropError(f"{type(error).__name__}: {error}", hint="report it")
    made.__cause__ = error
    return made
