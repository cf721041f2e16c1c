-- What was typed into a form and not saved yet: of a run, or of the operator who adds a customer. `fields` is a JSON list of
-- pairs; a password is never among them. The owner is `run` or `operator`, a colon, and which.
CREATE TABLE form (
  owner  TEXT PRIMARY KEY,
  fields TEXT NOT NULL
) STRICT;
