SELECT 7 / 2 AS a, -7 / 2 AS b, count(*) / 3 AS c, 7 % -3 AS d FROM invoices
