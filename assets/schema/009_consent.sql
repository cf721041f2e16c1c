-- What is known of an organisation's consent: since when everything has been granted, when every check was first good, and
-- what an operator must have the customer do.
CREATE TABLE consent (
  tenant  TEXT PRIMARY KEY,
  since   INTEGER,
  proved  INTEGER,
  trouble TEXT
) STRICT;
INSERT INTO consent (tenant, since, proved)
  SELECT tenant, min(proved), min(proved) FROM run WHERE tenant IS NOT NULL AND proved IS NOT NULL GROUP BY tenant;
