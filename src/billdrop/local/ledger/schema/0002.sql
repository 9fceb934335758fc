-- Each time that a person rejected an entry for good, or took that back, as JSON; empty where nobody did.
ALTER TABLE quarantine ADD COLUMN rulings TEXT NOT NULL DEFAULT '';
CREATE INDEX quarantine_document ON quarantine (document);
