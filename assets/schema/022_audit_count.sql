-- How many entries the audit has, in a row of its own: entries that were cut off at its end are missed by it.
CREATE TABLE audit_count (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  entries INTEGER NOT NULL
) STRICT;
INSERT INTO audit_count (id, entries) VALUES (1, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0));
