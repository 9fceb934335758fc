"""The description of the HTTP interface, OpenAPI 3.1."""

from typing import Any

import msgspec

from billdrop.model import Outcome
from billdrop.web.answers import BY

Description = dict[str, Any]


def description(version: str) -> Description:
    """The whole document."""
    schemas = msgspec.json.schema_components([Outcome], ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "billdrop", "version": version},
        "paths": {
            "/inbox/{customer}/{name}": {"put": _put()},
            "/expenses": {"get": _expenses()},
            "/status": {"get": _get("Documents by state.", "The counts.")},
            "/healthz": {"get": _get("That the process answers.", "It does.")},
            "/readyz": {"get": _get("Whether documents are recorded.", "They are.", 503)},
            "/metrics": {"get": _get("For Prometheus.", "The metrics.", kind="text/plain")},
            "/version": {"get": _get("The running version.", "The version.")},
            "/openapi.json": {"get": _get("This description.", "The description.")},
        },
        "components": {"schemas": schemas[1] | {"Problem": _problem()}},
    }


def _put() -> Description:
    refusals = {
        400: "The customer or name is not allowed (BD1006).",
        403: "A browser sent it for a page of another site.",
        411: "The length of the body is not stated.",
        413: "The body is too large.",
        415: "The body has a Content-Encoding.",
        421: "The host is not one of this door.",
        422: "It waits in quarantine; `findings` say why, with line and column.",
        429: "Too many uploads wait (BD7002).",
        503: "It could not be recorded now.",
        507: "The disk is full.",
    }
    return {
        "summary": "Put a document into the inbox; answered once what became of it is durable.",
        "parameters": [
            _parameter("customer", "path", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
            _parameter("name", "path", minLength=1),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {}}},
        },
        "responses": {
            "200": _answer("The books had it already.", "Outcome"),
            "201": _answer("It is recorded.", "Outcome"),
            **{str(status): _refusal(text) for status, text in refusals.items()},
        },
    }


def _expenses() -> Description:
    return {
        "summary": "What was spent, as `billdrop expenses --json`.",
        "parameters": [
            _parameter("by", "query", enum=list(BY), default="date"),
            _parameter("since", "query", format="date"),
            _parameter("until", "query", format="date"),
        ],
        "responses": {
            "200": {"description": "The sums.", "content": {"application/json": {"schema": {}}}},
            "400": _refusal("The query is not understood."),
        },
    }


def _get(
    summary: str, answer: str, failure: int | None = None, *, kind: str = "application/json"
) -> Description:
    responses: Description = {"200": {"description": answer, "content": {kind: {"schema": {}}}}}
    if failure is not None:
        responses[str(failure)] = _refusal("It is not.")
    return {"summary": summary, "responses": responses}


def _parameter(name: str, where: str, **schema: object) -> Description:
    required = where == "path"
    return {
        "name": name,
        "in": where,
        "required": required,
        "schema": {"type": "string", **schema},
    }


def _answer(text: str, schema: str) -> Description:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": text, "content": content}


def _refusal(text: str) -> Description:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": reference}},
    }


def _problem() -> Description:
    text = {"type": "string"}
    members = ("type", "title", "detail", "instance", "code", "hint", "document_id")
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            **dict.fromkeys(members, text),
            "status": {"type": "integer"},
            "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        },
    }
