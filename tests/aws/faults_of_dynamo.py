"""Clients whose calls to DynamoDB fail by plan: throttled, never sent, or answered into the void."""

import json
from collections.abc import Sequence
from typing import Any

import urllib3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.frequent import Call
from tests.aws.standin import ACCOUNT, _Pointed, standin

THROTTLED = b'{"__type": "com.amazonaws#ThrottlingException", "message": "Rate exceeded"}'


class BySdk(Clients):
    """Clients whose frequent calls are all made by the SDK."""

    def calls(self, service: str) -> Call:
        client = getattr(self, service)
        return lambda method, request: getattr(client, method)(**request)


class Once(_Pointed):
    """A session whose clients try once."""

    def client(self, *args: Any, **kwargs: Any) -> Any:
        config = kwargs.pop("config", Config()).merge(Config(retries={"total_max_attempts": 1}))
        return super().client(*args, **kwargs, config=config)


class Faults:
    """What happens to the next calls, one after the other; then nothing does any more."""

    def __init__(self, *, patient: bool = True) -> None:
        """`patient`: whether the SDK tries again by itself."""
        server = standin()
        once = Once(server.endpoint, ACCOUNT, "test", None)
        self.clients = BySdk(server.session() if patient else once)
        events: Any = self.clients.dynamodb.meta.events
        events.register("before-send.dynamodb.*", self._happens)
        self.plan: dict[str, list[str]] = {}
        self.calls: list[str] = []

    def next(self, operation: str, what: Sequence[str]) -> None:
        """`throttled`, `unsent`, `unheard` (done, but nobody hears), `unprocessed` or empty."""
        self.plan[operation] = list(what)

    def _happens(self, request: Any, **_: object) -> AWSResponse | None:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        self.calls.append(operation)
        waiting = self.plan.get(operation, [])
        what = waiting.pop(0) if waiting else ""
        if what == "throttled":
            return AWSResponse(request.url, 400, HTTPHeaders(), _Raw(THROTTLED))
        if what == "unprocessed":
            asked = json.loads(request.body)["RequestItems"]
            answer = json.dumps({"Responses": {}, "UnprocessedKeys": asked}).encode()
            return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(answer))
        if what == "unsent":
            raise EndpointConnectionError(endpoint_url=request.url)
        if what == "unheard":
            with urllib3.PoolManager() as pool:
                pool.request("POST", request.url, body=request.body, headers=dict(request.headers))
            raise ReadTimeoutError(endpoint_url=request.url)
        return None


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        return [self._body]
