SELECT 1.00 / 8 AS up, -1.00 / 8 AS down, 2.0 / 3 AS more FROM invoices WHERE invoice_id = 'b'
