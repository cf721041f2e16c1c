-- The sweepers of this record: one row for each computer. When it was installed there, the 20:00 of the last sweep that it
-- finished, and when it was last heard of: it starts each evening, also where another one has done everything already.
CREATE TABLE sweepers (
  host      TEXT PRIMARY KEY,
  installed INTEGER,
  last_pass INTEGER,
  heard     INTEGER NOT NULL
) STRICT;
INSERT INTO sweepers (host, installed, last_pass, heard)
SELECT host, installed, last_pass, max(coalesce(installed, 0), coalesce(last_pass, 0))
  FROM sweeper;
DROP TABLE sweeper;
ALTER TABLE sweepers RENAME TO sweeper;

-- How often a sweep was taken: a sweeper that lost it to another one has an older number and writes nothing more.
ALTER TABLE sweep ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
