-- Operators who sign in with Microsoft: known by the account's number (`oid`) in the partner's organisation, whatever their
-- name is now. An account of a computer is never taken for one of them, however it is called.
CREATE TABLE sign_in (
  tenant   TEXT NOT NULL,
  object   TEXT NOT NULL,
  operator TEXT NOT NULL REFERENCES operator (name) ON UPDATE CASCADE,
  PRIMARY KEY (tenant, object)
) STRICT;
