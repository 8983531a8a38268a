-- Every transaction that adds records has a number within its tenant, so that what is held in
-- memory can be brought up to date by what is new. Erasures ask for a fresh start.

ALTER TABLE tenants ADD COLUMN records_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN records_erasures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
CREATE INDEX records_by_generation ON records (tenant, generation);
