"""Whom the SDK takes us for, and what is said when it does not know."""

from pathlib import Path

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.errors import ConfigurationError


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither variables of AWS nor its files, nor an instance to ask."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "eu-central-1"}, "eu-central-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "eu-central-1"),
    ],
)
def test_the_region_is_that_of_the_variable_which_the_hints_and_the_instances_set(
    variables: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    clients = Clients()
    assert (clients.region, clients.s3.meta.region_name) == (region, region)


def test_the_region_of_a_profile_counts_where_no_variable_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile books]\nregion = ap-south-1\n")
    monkeypatch.setenv("AWS_PROFILE", "books")
    assert Clients().region == "ap-south-1"


def test_without_a_region_it_says_how_to_set_one() -> None:
    with pytest.raises(ConfigurationError, match="no AWS region is set") as caught:
        _ = Clients().region
    assert "AWS_REGION" in caught.value.hint


@pytest.mark.parametrize("variable", [{}, {"AWS_PROFILE": "nobody"}], ids=["none", "profile"])
def test_who_has_no_credentials_is_told_so_and_not_that_it_is_tried_again(
    variable: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught, named("stack books"):
        Clients().sts.get_caller_identity()
    assert "AWS_PROFILE" in caught.value.hint
