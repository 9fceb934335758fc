"""What must hold of an invoice, one check a module."""
