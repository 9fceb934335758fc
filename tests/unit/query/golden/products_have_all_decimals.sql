SELECT l.quantity * l.unit_price AS amount, total * total AS squared FROM lines l JOIN invoices i ON i.invoice_id = l.invoice_id WHERE i.invoice_id = 'b'
