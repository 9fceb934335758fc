"""What a customer is given: a form that reaches its own part of the inbox, and news of its own documents."""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.deploy.customers import PENDING, Form, subscribe, upload_form
from billdrop.aws.stack import Stack
from billdrop.errors import ConfigurationError, UsageError
from tests.aws.deployed import deployed, deployed_with_rights
from tests.aws.standin import root, standin

TEXT = "text/plain"


@pytest.fixture
def form() -> Form:
    return upload_form(root(auth=True), deployed_with_rights(), "acme", seconds=60, largest=100)


def post(form: Form, body: bytes = b"an invoice", name: str = "a b.txt", **changed: str) -> int:
    """Upload as a browser does; returns the status."""
    more = {name.replace("_", "-"): value for name, value in changed.items()}
    return post_fields(form.url, form.fields | more, body, name)


def post_fields(url: str, fields: Mapping[str, str], body: bytes, name: str = "a b.txt") -> int:
    """The same with fields as a page was given them."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {TEXT}\r\n\r\n"
    )
    data = "".join(parts).encode() + head.encode() + body + f"\r\n--{boundary}--\r\n".encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_file_is_taken_under_its_own_name(form: Form) -> None:
    assert post(form) == 204
    bucket = deployed_with_rights().inbox_bucket
    found = root(auth=True).s3.get_object(Bucket=bucket, Key="acme/a b.txt")
    assert found["Body"].read() == b"an invoice"


def test_file_that_is_too_large_or_empty_is_refused(form: Form) -> None:
    assert post(form, b"x" * 100) == 204
    assert post(form, b"x" * 101) == 400
    assert post(form, b"") == 400


@pytest.mark.parametrize("key", ["other/a.txt", "a.txt", "", "acm/a.txt", "/acme/a.txt"])
def test_key_of_nobody_or_of_another_customer_is_refused(form: Form, key: str) -> None:
    assert post(form, key=key) in {400, 403}


def test_other_type_of_content_is_refused(form: Form) -> None:
    assert post(form, Content_Type="text/html") == 403


def test_field_that_the_policy_does_not_name_is_refused(form: Form) -> None:
    assert post(form, acl="public-read") == 403


def test_policy_that_was_changed_is_refused(form: Form) -> None:
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    policy["conditions"][0] = ["starts-with", "$key", "other/"]
    changed = base64.b64encode(json.dumps(policy).encode()).decode()
    assert post(form, policy=changed, key="other/a.txt") == 403


def test_form_that_has_expired_is_refused() -> None:
    late = upload_form(root(auth=True), deployed_with_rights(), "acme", seconds=1, largest=100)
    time.sleep(2)
    assert post(late) == 403


@pytest.mark.parametrize("name", ["", "..", "a/b", "-", "a b"])
def test_customer_who_cannot_be_gets_no_form(name: str) -> None:
    with pytest.raises(UsageError):
        upload_form(root(), deployed(), name, seconds=60, largest=100)


def policy_of(clients: Clients, stack: Stack, endpoint: str) -> object:
    """The filter of the one subscription of an endpoint."""
    listed = clients.sns.list_subscriptions_by_topic(TopicArn=stack.results_topic_arn)
    (arn,) = [
        each["SubscriptionArn"] for each in listed["Subscriptions"] if each["Endpoint"] == endpoint
    ]
    facts = clients.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return json.loads(facts["FilterPolicy"])


def test_address_is_told_of_its_own_customer_only(clients: Clients) -> None:
    stack = deployed()
    made = subscribe(clients, stack, "acme", protocol="email", endpoint="a@acme.example")
    assert made.customers == ("acme",)
    assert policy_of(clients, stack, "a@acme.example") == {"customer": ["acme"]}


def test_address_of_two_customers_is_told_of_both_once_each(clients: Clients) -> None:
    stack = deployed()
    for customer in ("beta", "acme", "beta"):
        made = subscribe(clients, stack, customer, protocol="email", endpoint="b@both.example")
    assert made.customers == ("acme", "beta")
    assert policy_of(clients, stack, "b@both.example") == {"customer": ["acme", "beta"]}


def test_endpoint_that_has_not_confirmed_has_to_do_so_first() -> None:
    """AWS lists such a subscription without its name; the stand-in gives the name away."""

    def hide(parsed: dict[str, Any], **_: object) -> None:
        for each in parsed["Subscriptions"]:
            each["SubscriptionArn"] = PENDING

    own, stack, endpoint = standin().clients(), deployed(), "https://127.0.0.1:1/told"
    made = subscribe(own, stack, "acme", protocol="https", endpoint=endpoint)
    assert not made.confirmed
    own.sns.meta.events.register("after-call.sns.ListSubscriptionsByTopic", hide)
    with pytest.raises(ConfigurationError, match="has not confirmed"):
        subscribe(own, stack, "beta", protocol="https", endpoint=endpoint)
