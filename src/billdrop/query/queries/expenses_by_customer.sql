-- What are the expenses that came through each customer's inbox, per currency? Two parameters: first and last issue date, included.
SELECT
  customer AS grouped,
  currency,
  count(*) AS invoices,
  sum(net) AS net,
  sum(tax) AS tax,
  sum(total) AS total
FROM invoices
WHERE issue_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
GROUP BY 1, 2
ORDER BY 1, 2
