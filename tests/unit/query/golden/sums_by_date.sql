SELECT issue_date, currency, count(*), sum(net), sum(total) FROM invoices GROUP BY 1, 2 ORDER BY 1, 2
