-- What the board looks for among very many rows: those whom an Apply left off, and what happened later than now.
CREATE INDEX chosen_left_off ON chosen (run) WHERE outcome IN ('excluded', 'no_seat', 'failed', 'stopped');
CREATE INDEX audit_by_time ON audit (at);
