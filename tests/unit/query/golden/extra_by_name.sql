SELECT json_extract_scalar(extra, '$["cost center"]') AS center, json_extract_scalar(extra, '$.none') AS none FROM invoices WHERE invoice_id = 'c'
