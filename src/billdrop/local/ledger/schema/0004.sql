-- When a person last decided about an entry, in microseconds; worked out by billdrop for those there are.
ALTER TABLE quarantine ADD COLUMN decided_at INTEGER;
UPDATE quarantine SET decided_at = decided_at_of(closed_at, by, rulings) WHERE by != '' OR rulings != '';
CREATE INDEX quarantine_decided ON quarantine (decided_at, id) WHERE decided_at IS NOT NULL;
CREATE INDEX quarantine_rejected ON quarantine (decided_at, id) WHERE closed_at IS NULL AND rulings != '';
