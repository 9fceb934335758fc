"""
Run by moto's own Python: one upload to a bucket whose notifications go to a topic.

Prints what the topic told a queue, each with the certificate that it is signed under.
"""

import json
import sys
from typing import Any

REGION = "eu-west-1"


def main(key: str) -> None:
    from boto3.session import Session
    from moto import mock_aws

    with mock_aws():
        session: Any = Session("testing", "testing", region_name=REGION)
        sns, sqs, s3 = (session.client(name) for name in ("sns", "sqs", "s3"))
        topic = sns.create_topic(Name="invoices")["TopicArn"]
        url = sqs.create_queue(QueueName="invoices")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        s3.create_bucket(Bucket="inbox-1", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_notification_configuration(
            Bucket="inbox-1",
            NotificationConfiguration={
                "TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]
            },
        )
        s3.put_object(Bucket="inbox-1", Key=key, Body=b"an invoice")
        sys.stdout.write(json.dumps([_told(body) for body in _bodies(sqs, url)]))


def _bodies(sqs: Any, url: str) -> list[str]:
    bodies: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in messages]
    return bodies


def _told(body: str) -> dict[str, str]:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sns.models import sns_backends

    name = json.loads(body)["SigningCertURL"].rpartition("/")[2]
    keys = sns_backends[DEFAULT_ACCOUNT_ID][REGION]._message_public_keys
    return {"body": body, "pem": keys[name].decode()}


if __name__ == "__main__":
    main(sys.argv[1])
