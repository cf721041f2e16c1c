-- The sweepers of this record: one row for each computer. When it was installed there, the 20:00 of the last sweep that it
-- finished, and when it was last heard of: it starts each evening, also where another one has done everything already.
CREATE TABLE sweepers (
  host      text COLLATE "C" PRIMARY KEY,
  installed bigint,
  last_pass bigint,
  heard     bigint NOT NULL
);
INSERT INTO sweepers (host, installed, last_pass, heard)
SELECT host, installed, last_pass, greatest(coalesce(installed, 0), coalesce(last_pass, 0)) FROM sweeper;
DROP TABLE sweeper;
ALTER TABLE sweepers RENAME TO sweeper;

-- How often a sweep was taken: a sweeper that lost it to another one has an older number and writes nothing more.
ALTER TABLE sweep ADD COLUMN taken bigint NOT NULL DEFAULT 0;
