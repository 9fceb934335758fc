SELECT invoice_id, net FROM invoices ORDER BY net DESC, invoice_id
