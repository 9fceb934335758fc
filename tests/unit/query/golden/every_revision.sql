SELECT number, revision, total FROM invoices_all WHERE number = 'a' ORDER BY revision
