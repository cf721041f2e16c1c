-- Why a run did not get on when it was parked, in a word or two and in a sentence: the first screen tells it apart from
-- those that nothing keeps from going on.
ALTER TABLE run ADD COLUMN obstacle TEXT;
ALTER TABLE run ADD COLUMN obstacle_in_brief TEXT;
