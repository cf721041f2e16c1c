-- What Exchange said a mailbox of a tenant is, and when, so that only new and changed users are asked about again. `facts`
-- is a digest of what the directory said of the user then.
CREATE TABLE checked (
  tenant TEXT NOT NULL,
  user   BLOB NOT NULL CHECK (length(user) = 16),
  kind   INTEGER NOT NULL,
  facts  INTEGER NOT NULL,
  asked  INTEGER NOT NULL,
  PRIMARY KEY (tenant, user)
) STRICT, WITHOUT ROWID;
