-- How the rows of the first screen stood when an operator last looked at them on a computer: what is otherwise now is news.
-- `rows` is a JSON list of triples: the customer, the run (empty for a customer without one), how it stood.
CREATE TABLE seen (
  operator TEXT NOT NULL REFERENCES operator (name) ON UPDATE CASCADE,
  host     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  rows     TEXT NOT NULL,
  PRIMARY KEY (operator, host)
) STRICT;
