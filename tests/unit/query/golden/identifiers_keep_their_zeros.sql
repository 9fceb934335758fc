SELECT number FROM invoices WHERE number = '00042'
