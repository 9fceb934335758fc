SELECT avg(total) AS mean, avg(tax) AS tax, avg(payable) AS none FROM invoices WHERE currency = 'EUR'
