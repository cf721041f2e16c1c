-- What the last complete list came to, besides its counts: users whose kind nobody has told yet, rows with a problem, and
-- what the list could not see, a JSON list of sentences.
ALTER TABLE run ADD COLUMN unchecked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN problems INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]';
ALTER TABLE customer_product ADD COLUMN unchecked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customer_product ADD COLUMN problems INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customer_product ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]';
-- The last finished run chose everybody ("All"), so users whose kind is not known are missed.
ALTER TABLE customer_product ADD COLUMN wants_all INTEGER NOT NULL DEFAULT 0 CHECK (wants_all IN (0, 1));
