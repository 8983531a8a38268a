-- A row that says what was in force already is no version. When such rows said so, first and last, is kept with the
-- version: one that arrives late and was known before them does not undo what they said.
ALTER TABLE records ADD COLUMN restated_first TEXT;
ALTER TABLE records ADD COLUMN restated_last TEXT;
