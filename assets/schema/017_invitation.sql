-- The invitation that goes to a customer's administrator: the two words that show that it is really ours, when it was made
-- and by whom, and when it was withdrawn. One for a run: one that is made again takes the place of the last.
CREATE TABLE invitation (
  run       TEXT PRIMARY KEY REFERENCES run (id),
  words     TEXT NOT NULL,
  made      INTEGER NOT NULL,
  operator  TEXT NOT NULL,
  withdrawn INTEGER
) STRICT;
