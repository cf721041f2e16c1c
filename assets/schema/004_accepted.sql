-- What an operator accepted about the organisation of a customer, although the record or Microsoft speaks against it.

-- Another customer (`other`) has the same organisation. Of a pair there is one row, whichever of the two came second.
CREATE TABLE shared_organisation (
  customer INTEGER NOT NULL REFERENCES customer (id),
  other    INTEGER NOT NULL REFERENCES customer (id),
  tenant   TEXT NOT NULL,
  operator TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (customer, other, tenant),
  CHECK (customer <> other)
) STRICT;

-- The customer's mail domain belongs to another organisation (`owner`; none: in another cloud).
CREATE TABLE domain_elsewhere (
  customer INTEGER PRIMARY KEY REFERENCES customer (id),
  tenant   TEXT NOT NULL,
  domain   TEXT NOT NULL,
  owner    TEXT,
  operator TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT;

-- What was accepted of two is asked again once one of the two is another, whoever changes it.
CREATE TRIGGER tenant_changed AFTER UPDATE OF tenant ON customer WHEN NEW.tenant IS NOT OLD.tenant BEGIN
  DELETE FROM shared_organisation WHERE (customer = NEW.id OR other = NEW.id) AND tenant IS NOT NEW.tenant;
  DELETE FROM domain_elsewhere WHERE customer = NEW.id AND tenant IS NOT NEW.tenant;
END;
CREATE TRIGGER domain_changed AFTER UPDATE OF domain ON customer WHEN NEW.domain <> OLD.domain BEGIN
  DELETE FROM domain_elsewhere WHERE customer = NEW.id;
END;

-- Who else has a tenant is asked for each line of an import.
CREATE INDEX customer_by_tenant ON customer (tenant) WHERE tenant IS NOT NULL;
CREATE INDEX enablement_by_tenant ON enablement (tenant) WHERE tenant IS NOT NULL;
CREATE INDEX run_by_tenant ON run (tenant) WHERE tenant IS NOT NULL;
CREATE INDEX shared_by_other ON shared_organisation (other);
