"""The AWS family of adapters: S3, SNS, SQS, DynamoDB and Athena behind the same ports as one machine."""
