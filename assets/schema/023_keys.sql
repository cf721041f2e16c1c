-- The keys that passwords of hosted customers are encrypted for: public keys of age, each with the name of a computer or an
-- operator. A key that was removed stays as a row, because it may have read passwords that are still in use.
CREATE TABLE recipient (
  key        TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  added      INTEGER NOT NULL,
  added_by   TEXT NOT NULL,
  removed    INTEGER,
  removed_by TEXT
) STRICT;
CREATE UNIQUE INDEX recipient_name ON recipient (name) WHERE removed IS NULL;

-- Which keys open the password of a customer, or opened it before it was encrypted anew: an age file does not tell for whom
-- it is. Another password begins with none.
CREATE TABLE opener (
  customer   INTEGER NOT NULL REFERENCES customer (id),
  key        TEXT NOT NULL REFERENCES recipient (key),
  is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
  PRIMARY KEY (customer, key)
) STRICT;
