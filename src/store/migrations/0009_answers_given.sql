-- Digests of the answers that a run rests on, with their ids: the next run of the day chains what is new alone.
ALTER TABLE worklist_runs ADD COLUMN answers TEXT;
