-- The administrator who opens the link of an organisation, where an operator named one.
ALTER TABLE consent ADD COLUMN administrator TEXT;
