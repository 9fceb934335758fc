SELECT invoice_id, name, quantity FROM lines ORDER BY invoice_id
