-- From here on whoever changes records or keys says so in the file `changes` beside the database: processes that
-- hold some of them look there alone. A version that does not say it must not write, and so not open, this store.

-- Answers about records that name a document: what they say of it goes when it is erased.
CREATE TABLE mentions (
    tenant      TEXT   NOT NULL,
    document_id TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (tenant, document_id, seq)
);
