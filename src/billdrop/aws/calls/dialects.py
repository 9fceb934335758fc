"""How the frequent calls are written and their answers read, service by service."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypedDict
from urllib.parse import quote
from xml.etree import ElementTree as ET

import msgspec
from msgspec import Struct

Request = Mapping[str, Any]
Reply = dict[str, Any]
"""Both as the SDK has them."""


class Dialect(Struct, frozen=True, kw_only=True):
    """What a service speaks."""

    write: Callable[[str, Request], bytes]
    """By the name of the operation."""
    read: Callable[[bytes], Reply]
    refused: Callable[[bytes], Reply] = lambda _: {}
    """The error in an answer that belongs to the work and is no failure; nothing for any other."""


class Attribute(TypedDict, total=False):
    """An attribute of an item; the table has no other kinds."""

    S: str
    N: str
    B: bytes
    M: dict[str, "Attribute"]


Attributes = dict[str, Attribute]


class _Asked(TypedDict, total=False):
    Keys: list[Attributes]
    ConsistentRead: bool
    ProjectionExpression: str


class _Reply(TypedDict, total=False):
    Item: Attributes
    Items: list[Attributes]
    LastEvaluatedKey: Attributes
    Responses: dict[str, list[Attributes]]
    UnprocessedKeys: dict[str, _Asked]


class _Reason(TypedDict, total=False):
    Code: str
    Message: str
    Item: Attributes


class _Refusal(Struct):
    kind: str = msgspec.field(name="__type", default="")
    message: str = ""
    also: str = msgspec.field(name="Message", default="")
    """Under this name where it is said about a transaction."""
    reasons: list[_Reason] = msgspec.field(name="CancellationReasons", default_factory=list)


_QUOTED = {code: quote(bytes([code]), safe="") for code in range(256)}
CANCELLED = "TransactionCanceledException"

_encode = msgspec.json.Encoder().encode
_reply = msgspec.json.Decoder(_Reply).decode
_refusal = msgspec.json.Decoder(_Refusal).decode


def _json(_: str, request: Request) -> bytes:
    return _encode(request)


def _table(body: bytes) -> Reply:
    return {**_reply(body)}


def _cancelled(body: bytes) -> Reply:
    """Of a table that writes were conditioned on: why nothing was done."""
    found = _refusal(body)
    if not found.kind.endswith(CANCELLED):
        return {}
    error = {"Code": CANCELLED, "Message": found.message or found.also}
    return {"Error": error, "CancellationReasons": found.reasons}


def _form(operation: str, request: Request) -> bytes:
    about = [("Action", operation), ("Version", "2010-03-31")]
    pairs = [*about, *_flat("", request)]
    return "&".join(f"{name}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(value: str) -> str:
    """As `urllib` does it, which takes longer for ten messages than all else of the call."""
    return value.encode().decode("latin-1").translate(_QUOTED)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Lists as members with numbers, maps as entries with numbers."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _flat(f"{name}.member.{number}", each)
    elif name.endswith("MessageAttributes"):
        for number, (key, each) in enumerate(value.items(), 1):
            yield f"{name}.entry.{number}.Name", key
            yield from _flat(f"{name}.entry.{number}.Value", each)
    else:
        for key, each in value.items():
            yield from _flat(f"{name}.{key}" if name else key, each)


def _xml(body: bytes) -> Reply:
    """What was published, and what was not."""
    result = ET.fromstring(body).find("{*}PublishBatchResult")  # noqa: S314 - from AWS itself
    return {
        kind: [_fields(each) for each in (() if result is None else result.iterfind(path))]
        for kind, path in (
            ("Successful", "{*}Successful/{*}member"),
            ("Failed", "{*}Failed/{*}member"),
        )
    }


def _fields(member: ET.Element) -> Reply:
    found: Reply = {each.tag.partition("}")[2]: each.text or "" for each in member}
    if "SenderFault" in found:
        found["SenderFault"] = found["SenderFault"] == "true"
    return found


DIALECTS: dict[str, Dialect] = {
    "dynamodb": Dialect(write=_json, read=_table, refused=_cancelled),
    "sns": Dialect(write=_form, read=_xml),
    "sqs": Dialect(write=_json, read=msgspec.json.Decoder(Reply).decode),
}
