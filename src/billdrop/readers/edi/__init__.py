"""Interchanges of segments, X12 and EDIFACT alike: separators, groups, paths, the walk, the envelope."""
