"""From documents to invoices and findings, here or in a process apart."""
