-- Who an excluded user is, by the list in which it was excluded: nobody knows a person by an id.
ALTER TABLE exclusion ADD COLUMN name TEXT;
ALTER TABLE exclusion ADD COLUMN address TEXT;
UPDATE exclusion SET (name, address) = (
  SELECT s.name, s.address FROM seat s
   WHERE s.customer = exclusion.customer AND s.product = exclusion.product AND s.user = exclusion.user);
UPDATE exclusion SET (name, address) = (
  SELECT c.name, c.address FROM run r CROSS JOIN chosen c
   WHERE r.customer = exclusion.customer AND r.product = exclusion.product AND c.run = r.id AND c.user = exclusion.user
   ORDER BY c.id DESC LIMIT 1)
 WHERE name IS NULL;

-- When the last complete list was counted, and why there was none when it was asked for after that (`asked`).
ALTER TABLE customer_product ADD COLUMN counted INTEGER;
ALTER TABLE customer_product ADD COLUMN asked INTEGER;
ALTER TABLE customer_product ADD COLUMN trouble TEXT;

-- Seats of users who have left are few among many.
CREATE INDEX seat_left ON seat (customer, product) WHERE left_on IS NOT NULL;
