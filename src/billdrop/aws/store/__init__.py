"""Buckets: objects, the destination, the guidelines of a stack."""
