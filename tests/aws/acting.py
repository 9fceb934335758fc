"""Roles, on the server that enforces rights."""

import json
from collections.abc import Sequence
from typing import Any

from billdrop.aws.calls.clients import Clients
from tests.aws.standin import StandIn, fresh, root


def acting(server: StandIn, statements: Sequence[tuple[Any, Any]]) -> Clients:
    """Clients of a role that may do just that."""
    admin, name = root(auth=True), fresh()
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    role = admin.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
    allowed = [{"Effect": "Allow", "Action": a, "Resource": r} for a, r in statements]
    admin.iam.put_role_policy(
        RoleName=name,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
    )
    found = admin.sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="test")
    key = found["Credentials"]
    return server.clients(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
