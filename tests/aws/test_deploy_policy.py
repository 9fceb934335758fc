"""The rights of the person who deploys: what is written down is all that our code asks for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.deploy import customers, destroy
from billdrop.aws.deploy.destroy import foresee
from billdrop.aws.deploy.proposal import template
from billdrop.aws.store.guidelines import guideline_key
from billdrop.aws.store.objects import Objects
from billdrop.console.shelf import mark_of
from billdrop.runtime.shelf import BucketShelf
from tests.aws.deployed import deploy, over_http
from tests.aws.standin import ACCOUNT, StandIn, fresh, root

ROOT = Path(__file__).parents[2]
CODE = [
    ROOT / f"src/billdrop/aws/{name}.py"
    for name in [
        "deploy/proposal",
        "deploy/rollout",
        "deploy/destroy",
        "deploy/customers",
        "query/catalogue",
        "topic/issuers",
        "deploy/progress",
        "stack",
    ]
]
CALL = re.compile(r'clients\.([a-z0-9]+)\.(?:get_paginator\(\s*"(\w+)"|(\w+)\()')

ACTIONS = {
    "s3:GeneratePresignedPost": ["s3:PutObject"],
    "s3:ListObjectsV2": ["s3:ListBucket"],
    "s3:ListObjectVersions": ["s3:ListBucketVersions"],
    "s3:UploadFile": ["s3:PutObject", "s3:AbortMultipartUpload"],
    "s3:DeleteObject": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    "sts:GetCallerIdentity": [],
}
"""Where the action of a call is not of its name; who one is everybody may ask."""

SERVICES = {"ElasticLoadBalancingV2": "elasticloadbalancing"}
"""Of the types of resources whose service has another name as actions have it."""


def policy() -> list[dict[str, Any]]:
    document = json.loads((ROOT / "docs/deploy-policy.json").read_text())
    return [
        {**each, "Action": each["Action"] if isinstance(each["Action"], list) else [each["Action"]]}
        for each in document["Statement"]
    ]


def called() -> Iterator[str]:
    """The actions of every call that the code makes for deploy, destroy and customer."""
    for file in CODE:
        for service, pages, method in CALL.findall(file.read_text()):
            name = "".join(part.capitalize() for part in (pages or method).split("_"))
            yield from ACTIONS.get(f"{service}:{name}", [f"{service}:{name}"])


def test_every_call_is_allowed_and_nothing_else_is_that_a_person_does_without_cloudformation() -> (
    None
):
    own = {action for each in policy() if "Condition" not in each for action in each["Action"]}
    beside = {"cloudformation:TagResource", "s3:GetObject"}
    assert own - beside == set(called()) - beside
    assert len(own) > 20


def test_every_service_of_the_template_may_be_told_by_cloudformation() -> None:
    types = re.findall(r"^    Type: AWS::(\w+)::", template(), re.MULTILINE)
    services = {SERVICES.get(each, each.lower()) for each in types}
    through = {
        action.partition(":")[0]
        for each in policy()
        if "aws:CalledVia" in json.dumps(each.get("Condition", {}))
        for action in each["Action"]
    }
    assert through - {"ssm"} == services


def test_what_the_program_does_through_cloudformation_alone_is_bound_to_it() -> None:
    for each in policy():
        if any(action.endswith(":*") for action in each["Action"]):
            assert each["Condition"] == {
                "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
            }


@pytest.fixture
def person(guarded: StandIn) -> tuple[str, Clients]:
    """Who may do just that with one stack, and the name of the stack."""
    name, admin = fresh(), root(auth=True)
    document = json.loads((ROOT / "docs/deploy-policy.json").read_text())
    for each in document["Statement"]:
        if each["Sid"] == "ProposeAndChangeTheStack":
            each["Resource"] = "*"  # the stand-in knows no stack of a change set
    text, user = json.dumps(document), fresh()
    admin.iam.create_user(UserName=user)
    admin.iam.put_user_policy(
        UserName=user,
        PolicyName="deploy",
        PolicyDocument=text.replace("STACK", name).replace("ACCOUNT", ACCOUNT),
    )
    key = admin.iam.create_access_key(UserName=user)["AccessKey"]
    return name, guarded.clients(key["AccessKeyId"], key["SecretAccessKey"])


def test_who_has_just_these_rights_deploys_tells_customers_and_takes_down(
    person: tuple[str, Clients],
) -> None:
    name, clients = person
    stack = deploy(clients, name, body=over_http(template()))
    assert stack is not None
    deploy(clients, name, body=over_http(template()))
    customers.upload_form(clients, stack, "acme", seconds=60, largest=10)
    told = customers.subscribe(clients, stack, "acme", protocol="email", endpoint="a@acme.example")
    assert told.customers == ("acme",)
    objects = Objects(clients, stack.destination_bucket, owner=stack.account)
    objects.put(guideline_key("own"), b"x", content_type="application/toml")
    shelf = BucketShelf(objects, lambda: None)
    assert shelf.put("own", "y", over=mark_of("x"))
    assert shelf.put("new", "z", over="")
    objects.remove(guideline_key("own"))
    list(destroy.remove(clients, foresee(clients, name), sleep=lambda seconds: None))
