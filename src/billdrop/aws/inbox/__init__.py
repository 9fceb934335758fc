"""The bucket that is told of by a queue, as an inbox."""
