-- What the role could do with the record before is taken away first.
ALTER DEFAULT PRIVILEGES IN SCHEMA backup365 REVOKE ALL ON TABLES FROM {role};
REVOKE ALL ON ALL TABLES IN SCHEMA backup365 FROM {role};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA backup365 FROM {role};
REVOKE ALL ON SCHEMA backup365 FROM {role};
