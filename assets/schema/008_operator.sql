-- The accounts of an operator: its number on a computer stays when the account is renamed or its name is spelt otherwise.
CREATE TABLE account (
  host     TEXT NOT NULL,
  number   INTEGER NOT NULL,
  operator TEXT NOT NULL REFERENCES operator (name) ON UPDATE CASCADE,
  PRIMARY KEY (host, number)
) STRICT;
