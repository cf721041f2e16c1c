-- Seats of users who have left, with the day: what the board counts of them is read off the index.
DROP INDEX seat_left;
CREATE INDEX seat_left ON seat (customer, product, left_on) WHERE state = 'on' AND left_on IS NOT NULL;

-- Whom a run chose to be turned on: whether there is anybody is read off the index. The rows of a run are found by
-- (run, "user").
DROP INDEX chosen_of_run;
CREATE INDEX chosen_to_turn_on ON chosen (run) WHERE coalesce(outcome, '') <> 'turned_off';

-- Names are compared by the rules of a language, which is slow: they lie in order.
CREATE INDEX customer_by_name ON customer (name COLLATE nocase, id);

-- Active seats are counted once for all rows of a statement: a row of customer_product that is changed for each of many
-- seats leaves so many dead ones, and the next change looks at them all.
DROP TRIGGER seat_counted ON seat;
DROP FUNCTION count_seat();
CREATE FUNCTION count_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE customer_product p SET seats_on = p.seats_on + n.seats
      FROM (SELECT customer, product, count(*) AS seats FROM new_seat WHERE state = 'on' GROUP BY 1, 2) n
     WHERE p.customer = n.customer AND p.product = n.product;
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE customer_product p SET seats_on = p.seats_on - n.seats
      FROM (SELECT customer, product, count(*) AS seats FROM old_seat WHERE state = 'on' GROUP BY 1, 2) n
     WHERE p.customer = n.customer AND p.product = n.product;
  ELSE
    UPDATE customer_product p SET seats_on = p.seats_on + n.seats
      FROM (SELECT customer, product, sum(seat) AS seats
              FROM (SELECT customer, product, 1 AS seat FROM new_seat WHERE state = 'on'
                    UNION ALL SELECT customer, product, -1 FROM old_seat WHERE state = 'on') each
             GROUP BY 1, 2 HAVING sum(seat) <> 0) n
     WHERE p.customer = n.customer AND p.product = n.product;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seats_added AFTER INSERT ON seat REFERENCING NEW TABLE AS new_seat
  FOR EACH STATEMENT EXECUTE FUNCTION count_seats();
CREATE TRIGGER seats_changed AFTER UPDATE ON seat REFERENCING OLD TABLE AS old_seat NEW TABLE AS new_seat
  FOR EACH STATEMENT EXECUTE FUNCTION count_seats();
CREATE TRIGGER seats_removed AFTER DELETE ON seat REFERENCING OLD TABLE AS old_seat
  FOR EACH STATEMENT EXECUTE FUNCTION count_seats();
