"""The template by itself: what checkers say of it, and what the stand-in would drop silently."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str  # type: ignore[import-untyped]

from billdrop.aws.check.topic_and_queue import VISIBILITY
from billdrop.aws.deploy.proposal import template
from billdrop.aws.stack import OUTPUTS

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "src/billdrop/aws/deploy/template.yaml"
CHECKOV = ROOT / ".tools/checkov/bin/checkov"
TEXT = FILE.read_text(encoding="utf-8")
DECODED: Any = decode_str(TEXT)[0]
LARGEST = 51_200
"""Bytes of a template that CloudFormation takes without a bucket to fetch it from."""


def resources(kind: str) -> dict[str, Any]:
    """The properties of all resources of a kind."""
    found = DECODED["Resources"].items()
    return {name: each["Properties"] for name, each in found if each["Type"] == f"AWS::{kind}"}


def test_cfn_lint_finds_nothing() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "cfn-lint", "-t", FILE, "-r", "us-east-1", "eu-central-1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "")


def test_checkov_finds_nothing_but_what_the_template_explains() -> None:
    assert CHECKOV.exists(), "`make .tools/checkov/ready` installs checkov; `make test` does so"
    run = subprocess.run(
        [CHECKOV, "--framework", "cloudformation", "-f", FILE, "-o", "json", "--skip-download"],
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(run.stdout)
    skipped = [
        (each["resource"].rpartition(".")[2], each["check_id"])
        for each in answer["results"]["skipped_checks"]
    ]
    assert answer["summary"]["failed"] == answer["summary"]["parsing_errors"] == 0
    assert sorted(skipped) == sorted((name, each["id"]) for name, each in explained())


def explained() -> list[tuple[str, Any]]:
    """The suppressions of each resource."""
    found = DECODED["Resources"].items()
    return [
        (name, skip)
        for name, each in found
        for skip in each.get("Metadata", {}).get("checkov", {}).get("skip", ())
    ]


def test_every_suppression_is_explained_in_a_sentence() -> None:
    assert all(re.fullmatch(r"[A-Z].{20,}\.", skip["comment"]) for _, skip in explained())


def test_template_travels_without_a_bucket() -> None:
    assert len(template().encode()) <= LARGEST


def test_what_travels_differs_in_what_checkers_read_only() -> None:
    sent = decode_str(template())[0]
    for each in DECODED["Resources"].values():
        each.get("Metadata", {}).pop("checkov", None)
    bare = {
        name: {key: value for key, value in each.items() if key != "Metadata" or value}
        for name, each in DECODED["Resources"].items()
    }
    assert sent["Resources"] == bare
    assert sent["Outputs"] == DECODED["Outputs"]


def test_yaml_has_neither_aliases_nor_merges_which_cloudformation_does_not_know() -> None:
    assert re.findall(r"(?m)^\s*(?:- )?[\w\"]*:? ?(?:[&*]\w+|<<:)", TEXT) == []


def test_outputs_are_those_that_commands_read() -> None:
    assert set(OUTPUTS) <= set(DECODED["Outputs"])


@pytest.mark.parametrize("name", resources("S3::Bucket"))
def test_bucket_is_private_encrypted_owned_and_forgets_unfinished_uploads(name: str) -> None:
    bucket = resources("S3::Bucket")[name]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert bucket["BucketEncryption"]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert {"DaysAfterInitiation": 1} in [
        rule.get("AbortIncompleteMultipartUpload") for rule in rules
    ]


@pytest.mark.parametrize("name", resources("S3::Bucket"))
def test_bucket_that_holds_data_outlives_its_stack(name: str) -> None:
    resource = DECODED["Resources"][name]
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"


def test_inbox_forgets_after_a_day_also_versions_and_marks() -> None:
    forget, marks = resources("S3::Bucket")["InboxBucket"]["LifecycleConfiguration"]["Rules"]
    assert forget["ExpirationInDays"] == 1
    assert forget["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert marks["ExpiredObjectDeleteMarker"] is True
    assert {forget["Status"], marks["Status"]} == {"Enabled"}


def test_ledger_is_protected_can_be_restored_to_a_moment_and_outlives_its_stack() -> None:
    table = DECODED["Resources"]["Table"]
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    restorable = table["Properties"]["PointInTimeRecoverySpecification"]
    assert restorable == {"PointInTimeRecoveryEnabled": True}
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")


def policies() -> dict[str, Any]:
    """The statements of every policy of a bucket, queue or topic."""
    kinds = ("S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy")
    return {
        name: properties["PolicyDocument"]["Statement"]
        for kind in kinds
        for name, properties in resources(kind).items()
    }


@pytest.mark.parametrize("name", policies())
def test_policy_denies_everybody_without_tls(name: str) -> None:
    denied = [each for each in policies()[name] if each["Sid"] == "OnlyOverTls"]
    assert [each["Effect"] for each in denied] == ["Deny"]
    assert denied[0]["Principal"] == "*"
    assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_bucket_queue_and_topic_has_a_policy() -> None:
    assert len(resources("S3::BucketPolicy")) == len(resources("S3::Bucket"))
    assert len(resources("SQS::QueuePolicy")) == len(resources("SQS::Queue"))
    covered = [
        topic["Ref"] for each in resources("SNS::TopicPolicy").values() for topic in each["Topics"]
    ]
    assert sorted(covered) == sorted(resources("SNS::Topic"))


def test_service_that_is_let_in_is_held_to_one_source() -> None:
    for statements in policies().values():
        for each in statements:
            if each["Effect"] == "Allow":
                pinned = {key for part in each["Condition"].values() for key in part}
                assert "aws:SourceArn" in pinned


def test_worker_crosses_off_marks_and_forgets_no_other_part_of_the_ledger() -> None:
    statements = resources("IAM::Role")["Role"]["Policies"][0]["PolicyDocument"]["Statement"]
    (deletes,) = [each for each in statements if "dynamodb:DeleteItem" in each["Action"]]
    only = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["u", "q/open", "p", "t", "w"]}}
    assert (deletes["Action"], deletes["Condition"]) == ("dynamodb:DeleteItem", only)


def test_queue_hides_a_message_as_long_as_a_worker_makes_it_its_own() -> None:
    assert resources("SQS::Queue")["Queue"]["VisibilityTimeout"] == VISIBILITY


def test_topic_signs_with_version_2() -> None:
    assert {each["SignatureVersion"] for each in resources("SNS::Topic").values()} == {"2"}


def test_instances_take_metadata_by_token_have_no_public_address_and_an_encrypted_disk() -> None:
    data = resources("EC2::LaunchTemplate")["Launch"]["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert [each["AssociatePublicIpAddress"] for each in data["NetworkInterfaces"]] == [False]
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert "KeyName" not in data


def test_only_the_door_opens_a_port_to_workers() -> None:
    condition, opened, closed = resources("EC2::SecurityGroup")["WorkersGroup"][
        "SecurityGroupIngress"
    ]["Fn::If"]
    assert condition == "HasDoor"
    assert [(each["FromPort"], each["SourceSecurityGroupId"]) for each in opened] == [
        (8080, {"Ref": "DoorGroup"})
    ]
    assert closed == {"Ref": "AWS::NoValue"}


def test_program_is_a_service_that_may_do_little() -> None:
    unit = files("billdrop.aws.deploy").joinpath("instance/billdrop.service").read_text()
    for line in (
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "SystemCallFilter=@system-service",
        "User=billdrop",
        "TimeoutStopSec=60",
        "Restart=always",
    ):
        assert f"\n{line}\n" in unit


def test_install_script_is_a_script_and_agent_configuration_is_json() -> None:
    folder = files("billdrop.aws.deploy").joinpath("instance")
    script = folder.joinpath("install.sh").read_text()
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert json.loads(folder.joinpath("agent.json").read_text())["logs"]
