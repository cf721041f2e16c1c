-- Seats of users who have left, with the day: what the board counts of them is read off the index.
DROP INDEX seat_left;
CREATE INDEX seat_left ON seat (customer, product, left_on) WHERE state = 'on' AND left_on IS NOT NULL;
