SELECT seller, sum(total) * 100 / (SELECT sum(total) FROM invoices WHERE currency = 'EUR') AS percent FROM invoices WHERE currency = 'EUR' GROUP BY seller ORDER BY percent DESC
