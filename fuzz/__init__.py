"""Fuzzing of every reader: whatever the bytes, an answer, in bounded time and memory, and no surprise."""
