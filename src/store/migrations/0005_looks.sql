-- How documents look that are pictures, so that one saved anew is known again: 64 hexadecimal characters, and
-- their sixteen bands, of which looks of one picture share at least one. A band is its place times 65536 plus its bits.
CREATE TABLE looks (
    tenant      TEXT NOT NULL,
    document_id TEXT NOT NULL,
    look        TEXT NOT NULL,
    PRIMARY KEY (tenant, document_id),
    FOREIGN KEY (tenant, document_id) REFERENCES documents (tenant, id)
);

CREATE TABLE look_bands (
    tenant      TEXT   NOT NULL,
    band        BIGINT NOT NULL,
    document_id TEXT   NOT NULL,
    PRIMARY KEY (tenant, band, document_id),
    FOREIGN KEY (tenant, document_id) REFERENCES looks (tenant, document_id)
);
CREATE INDEX look_bands_by_document ON look_bands (tenant, document_id);
