-- How many entries the audit has: entries that were cut off at its end are missed by it.
CREATE TABLE audit_count (
  id      bigint PRIMARY KEY CHECK (id = 1),
  entries bigint NOT NULL
);
INSERT INTO audit_count (id, entries) VALUES (1, 0);
