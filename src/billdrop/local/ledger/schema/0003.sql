-- What an invoice has in common with one that may be the same under another identity: 64 bits of
-- its number, date, currency and total, worked out by billdrop.
ALTER TABLE invoices ADD COLUMN likeness INTEGER NOT NULL DEFAULT 0;
UPDATE invoices SET likeness = likeness_of(customer, number, cells);
CREATE INDEX invoices_likeness ON invoices (likeness) WHERE live = 1;
