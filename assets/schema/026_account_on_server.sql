-- The accounts by which operators work with a record on a server: the number of an account on a computer, together with the
-- role of the server by which the record is opened. Where the system has no numbers it is -1, and
-- the name tells; else the name is empty. A name alone is nobody's right there. Empty while the record is a file.
CREATE TABLE account_on_server (
  role     TEXT NOT NULL,
  host     TEXT NOT NULL,
  number   INTEGER NOT NULL,
  name     TEXT NOT NULL,
  operator TEXT NOT NULL REFERENCES operator (name) ON UPDATE CASCADE,
  PRIMARY KEY (role, host, number, name)
) STRICT;
