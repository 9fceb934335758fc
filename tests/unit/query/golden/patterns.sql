SELECT invoice_id FROM invoices WHERE regexp_like(seller, '^M.*(Sons|Co)$') AND seller LIKE 'Moon%' AND issue_date BETWEEN DATE '2026-11-01' AND DATE '2026-11-30' ORDER BY 1
