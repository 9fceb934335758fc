SELECT count_if(total > 0) AS n, sum(CASE WHEN currency = 'EUR' THEN total ELSE 0 END) AS eur, sum(total) FILTER (WHERE currency = 'XAU') AS xau, coalesce(sum(payable), 0) AS due FROM invoices
