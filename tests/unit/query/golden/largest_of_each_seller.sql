SELECT seller, total FROM (SELECT seller, total, row_number() OVER (PARTITION BY seller ORDER BY total DESC) AS n FROM invoices WHERE seller IS NOT NULL) AS ranked WHERE n = 1 ORDER BY seller
