-- What the last look at an organisation's consent saw: when, how the application stands there, and which permissions are
-- granted, of those that are known by name, with blanks between them. What is lacking is worked out when it is asked for,
-- by the set of permissions that settings choose then.
ALTER TABLE consent ADD COLUMN looked INTEGER;
ALTER TABLE consent ADD COLUMN seen TEXT;
ALTER TABLE consent ADD COLUMN granted TEXT;
-- A customer who is asked to accept again: for which permissions, when and by whom the link was sent and reminded of, and
-- when it was seen that all of them are granted. One for a customer: asking anew takes the place of the last.
CREATE TABLE renewal (
  customer INTEGER PRIMARY KEY REFERENCES customer (id),
  tenant   TEXT NOT NULL,
  asked    TEXT NOT NULL,
  sent     INTEGER NOT NULL,
  sent_by   TEXT NOT NULL,
  reminded INTEGER,
  reminded_by TEXT,
  accepted INTEGER
) STRICT;
