-- Who has a run, or had it last: the lock says whether somebody has it now, this says who. The number grows each time the
-- run is taken, and every write of the run checks in its own transaction that its number is still this one.
CREATE TABLE hold (
  run      TEXT PRIMARY KEY REFERENCES run (id),
  number   INTEGER NOT NULL,
  operator TEXT NOT NULL,
  host     TEXT NOT NULL,
  since    INTEGER NOT NULL
) STRICT;

-- Who asked last for a run that somebody else had: the number of the hold that was asked, who, where, when, and what came of
-- it: 'yes', 'no', 'nobody' (no answer in time); none: not answered yet.
CREATE TABLE takeover (
  run      TEXT PRIMARY KEY REFERENCES run (id),
  number   INTEGER NOT NULL,
  operator TEXT NOT NULL,
  host     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  answer   TEXT
) STRICT;
