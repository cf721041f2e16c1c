-- When a request for a run was answered: handed over, the run is kept for a moment for whoever asked.
ALTER TABLE takeover ADD COLUMN answered bigint;
