"""How documents move: what comes is taken, read, committed, published and answered."""
