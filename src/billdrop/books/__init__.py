"""What is booked: which invoice it is, what it means beside others, its rows, and the CSV that follows."""
