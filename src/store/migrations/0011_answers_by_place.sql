-- Answers lie in the order of their chain, and are found by subject in runs of 1,024 of it. An index over all subjects has a
-- page of its own to write for nearly every answer; one run's lies on a dozen pages, and whoever looks a subject up
-- looks into each run. WITHOUT ROWID keeps a table in the order of its key, as SQLite alone has to be told.
-- What chain and index have in common is checked by the verifier, as before.
CREATE TABLE answers (
    tenant       TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    id           TEXT   NOT NULL,
    case_name    TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    level        TEXT   NOT NULL,
    decided_at   TEXT   NOT NULL,
    PRIMARY KEY (tenant, seq)
) WITHOUT ROWID;
INSERT INTO answers
SELECT tenant, seq, id, case_name, subject_kind, subject_id, status, level, decided_at
FROM recommendations ORDER BY tenant, seq;
DROP TABLE recommendations;
ALTER TABLE answers RENAME TO recommendations;
CREATE UNIQUE INDEX recommendations_by_id ON recommendations (tenant, id);
CREATE INDEX recommendations_by_subject
    ON recommendations (tenant, seq / 1024, subject_kind, subject_id);
