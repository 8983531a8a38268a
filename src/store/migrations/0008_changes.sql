-- From here on whoever changes records or keys says so in the file `changes` beside the database: processes that
-- hold some of them look there alone. A version that does not say it must not write, and so not open, this store.

-- What answers about records lay beside them, other records or documents: what they say of it goes when it is erased.
CREATE TABLE mentions (
    tenant TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    id     TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, id, seq)
);
CREATE INDEX mentions_by_seq ON mentions (tenant, seq);

-- Whether a row said itself since when it was known; when it arrived says little of one that was brought in with years of others.
ALTER TABLE records ADD COLUMN known_at_stated BOOLEAN NOT NULL DEFAULT FALSE;
