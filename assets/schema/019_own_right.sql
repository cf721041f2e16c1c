-- Consent with the partner's own right: by which delegated admin relationship, who at the customer agreed, who did it and
-- when, and since when the operators' application is out of the organisation again; none: it may still be in.
CREATE TABLE own_right (
  tenant       TEXT PRIMARY KEY,
  relationship TEXT NOT NULL,
  agreed       TEXT NOT NULL,
  operator     TEXT NOT NULL,
  begun        INTEGER NOT NULL,
  cleared      INTEGER
) STRICT;
