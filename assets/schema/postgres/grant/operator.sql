-- Works with the record as backup365 does. The history is only added to, seats and runs stay, the feed fills itself, and
-- tables are made and changed by the record's owner alone.
GRANT USAGE ON SCHEMA backup365 TO {role};
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA backup365 TO {role};
GRANT DELETE ON backup365.auto_rule, backup365.customer_product, backup365.delta, backup365.domain_elsewhere,
  backup365.enablement, backup365.exclusion, backup365.form, backup365.listing, backup365.opener, backup365.roster,
  backup365.scheduled, backup365.shared_domain, backup365.shared_organisation, backup365.sweeper TO {role};
REVOKE UPDATE ON backup365.audit FROM {role};
REVOKE INSERT ON backup365.audit_count FROM {role};
REVOKE INSERT, UPDATE ON backup365.schema_version, backup365.seat_change, backup365.seat_feed, backup365.worker_record_v1,
  backup365.worker_seats_v1, backup365.worker_hosted_v1, backup365.worker_changes_v1 FROM {role};
-- Tables that a newer version adds.
ALTER DEFAULT PRIVILEGES IN SCHEMA backup365 GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
