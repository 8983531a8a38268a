-- Worklists that are ranked from records: each run as it was shown, so that a list is stable
-- while the facts are, and the next run can say what moved.

CREATE TABLE worklist_runs (
    tenant     TEXT   NOT NULL REFERENCES tenants (id),
    name       TEXT   NOT NULL,
    ran_at     TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    generation BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    PRIMARY KEY (tenant, name, ran_at)
);
