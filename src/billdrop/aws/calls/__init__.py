"""How AWS is called: clients, frequent calls of our own, what it refuses by our names."""
