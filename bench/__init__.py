"""Ratios against a plain baseline and a peer, side by side in one run: `python -m bench`."""
