"""What waits for a person or a guideline: why, what was decided, and when it is read again."""
