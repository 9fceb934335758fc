"""
The plain program on AWS: the SDK, one invoice after the other, one call for each thing.

A message is received, its object read, the text taken apart character by character, one item and
one CSV object written, the message deleted. Messages come by tens: that much anybody does.
"""

import json
import os
import sys
from urllib.parse import unquote_plus

import boto3

from bench.baseline import FIELDS, read


def main(queue: str, table: str, destination: str, count: int) -> None:
    """Take so many invoices."""
    s3, sqs, dynamodb = (
        boto3.client(name, region_name=os.environ["AWS_REGION"])
        for name in ("s3", "sqs", "dynamodb")
    )
    done = 0
    while done < count:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in found.get("Messages", ()):
            for record in json.loads(message["Body"]).get("Records", ()):
                bucket = record["s3"]["bucket"]["name"]
                key = unquote_plus(record["s3"]["object"]["key"])
                text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
                fields = read(text)
                row = ",".join(fields[name].replace(",", ";") for name in FIELDS)
                name = fields["Inv-ID"]
                dynamodb.put_item(
                    TableName=table,
                    Item={
                        "pk": {"S": fields["Customer-ID"]},
                        "sk": {"S": name},
                        "details": {"S": text.replace(",", ";")},
                        "csvdtls": {"S": row},
                    },
                )
                s3.put_object(Bucket=destination, Key=f"plain/{name}.csv", Body=row.encode())
                done += 1
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
