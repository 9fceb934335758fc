SELECT total / 3 AS third, total / 3.00000 AS finer, 1 / total AS inverse FROM invoices_all WHERE invoice_id = 'a'
