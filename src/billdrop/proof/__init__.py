"""Proof that nothing was lost, doubled or falsified."""
