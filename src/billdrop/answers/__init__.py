"""What is said of the books: sums, their lines of text, what would change."""
