-- Reads who is protected, and the feed; no password, not even an encrypted one, and no history.
GRANT USAGE ON SCHEMA backup365 TO {role};
GRANT SELECT ON backup365.worker_record_v1, backup365.worker_seats_v1, backup365.worker_changes_v1 TO {role};
