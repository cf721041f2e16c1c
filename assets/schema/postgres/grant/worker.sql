-- Reads seats, access of hosted customers and the feed; says by three functions what became of a seat.
GRANT USAGE ON SCHEMA backup365 TO {role};
GRANT SELECT ON backup365.worker_record_v1, backup365.worker_seats_v1, backup365.worker_hosted_v1,
  backup365.worker_changes_v1 TO {role};
GRANT EXECUTE ON FUNCTION backup365.worker_first_backup_v1, backup365.worker_problem_v1,
  backup365.worker_problem_cleared_v1 TO {role};
