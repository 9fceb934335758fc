"""What a stack lets us do, and whether it is arranged as it must be."""
