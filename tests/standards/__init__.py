"""What the standards promise, held against invoices that others wrote, and against altered ones."""
