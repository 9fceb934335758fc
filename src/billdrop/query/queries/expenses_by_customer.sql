-- The expenses that came through each customer's inbox, per currency; the parameters are the first and the last issue date, both included.
SELECT
  customer AS grouped,
  currency,
  count(*) AS invoices,
  sum(net) AS net,
  sum(tax) AS tax,
  sum(total) AS total,
  count(net) AS with_net,
  count(tax) AS with_tax
FROM invoices
WHERE issue_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
GROUP BY 1, 2
ORDER BY 1, 2
