-- What an operator accepted: another customer (`other`) has this mail domain too. Of a pair there is one row for each
-- domain, whichever of the two came second.
CREATE TABLE shared_domain (
  customer INTEGER NOT NULL REFERENCES customer (id),
  other    INTEGER NOT NULL REFERENCES customer (id),
  domain   TEXT NOT NULL COLLATE NOCASE,
  operator TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (customer, other, domain),
  CHECK (customer <> other)
) STRICT;
CREATE INDEX shared_domain_by_other ON shared_domain (other);

-- It is asked again once one of the two has the domain no more, be it only for a while.
CREATE TRIGGER own_domain_changed AFTER UPDATE OF domain ON customer WHEN NEW.domain <> OLD.domain BEGIN
  DELETE FROM shared_domain WHERE NEW.id IN (customer, other) AND domain = OLD.domain;
END;
CREATE TRIGGER mail_domains_changed AFTER UPDATE OF domains ON impersonation WHEN NEW.domains <> OLD.domains BEGIN
  DELETE FROM shared_domain
   WHERE NEW.customer IN (customer, other)
     AND EXISTS (SELECT 1 FROM json_each(OLD.domains) WHERE value = domain OR value LIKE '%.' || domain)
     AND NOT EXISTS (SELECT 1 FROM json_each(NEW.domains) WHERE value = domain OR value LIKE '%.' || domain);
END;
