-- How Microsoft lists the partner's customers, by the organisation's tenant ID: beside the customers, so that nothing that was
-- entered about one is ever changed by a list.
CREATE TABLE partnership (
  tenant TEXT PRIMARY KEY,
  name   TEXT NOT NULL,
  origin TEXT NOT NULL,
  ends   INTEGER,
  gone   INTEGER
) STRICT;
