-- When the list of a run was counted: seats that were marked as left after that were among its users.
ALTER TABLE run ADD COLUMN counted INTEGER;
UPDATE run SET counted = coalesce(finished, touched) WHERE listed > 0;
