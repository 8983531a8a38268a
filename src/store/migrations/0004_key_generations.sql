-- Every change to a tenant's keys has a number, so that what is held in memory of them is
-- used only while it is what stands here.

ALTER TABLE tenants ADD COLUMN keys_generation BIGINT NOT NULL DEFAULT 0;
