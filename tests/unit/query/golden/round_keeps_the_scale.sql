SELECT round(total / 3, 2) AS r, round(total) AS whole, ceil(total) AS up, floor(-total) AS down FROM invoices WHERE invoice_id = 'b'
