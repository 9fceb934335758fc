SELECT date_trunc('month', issue_date) AS month, count(*) AS n FROM invoices GROUP BY date_trunc('month', issue_date) ORDER BY month
