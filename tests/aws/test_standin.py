"""The stand-in itself: there while it is needed, gone with whoever needed it."""

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from billdrop.aws.calls.clients import Clients
from tests.aws import standin as module
from tests.aws.standin import ACCOUNT, REGION, StandIn
from tests.process import eventually

_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "from tests.aws.standin import standin; print(standin().endpoint, flush=True); input()"


def test_clients_belong_to_the_account_and_region_of_the_tests(clients: Clients) -> None:
    assert (clients.account, clients.region) == (ACCOUNT, REGION)


def test_what_one_client_makes_another_sees(clients: Clients, unique: str) -> None:
    clients.sqs.create_queue(QueueName=unique)
    assert clients.sqs.get_queue_url(QueueName=unique)["QueueUrl"].endswith(unique)


def test_server_that_enforces_rights_refuses_who_has_none(guarded: StandIn, unique: str) -> None:
    root = guarded.clients()
    root.iam.create_user(UserName=unique)
    key = root.iam.create_access_key(UserName=unique)["AccessKey"]
    nobody = guarded.clients(key["AccessKeyId"], key["SecretAccessKey"])
    with pytest.raises(ClientError, match="AccessDenied"):
        nobody.s3.list_buckets()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_server_ends_with_the_process_that_started_it(end: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert answers(url)
        child.send_signal(end)
    eventually(lambda: answers(url), lambda alive: not alive)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=5):
            return True
    except OSError:
        return False


def test_without_ministack_the_tests_fail_and_say_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_PYTHON", tmp_path / "bin" / "python")
    with pytest.raises(AssertionError, match=r"make \.tools/ministack/ready"):
        StandIn(auth=False)
