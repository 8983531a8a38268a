-- Portable SQL: the same statements serve SQLite and PostgreSQL.
-- Times are RFC 3339 text in UTC with six fractional digits, so that text order is time order.
-- JSON is text; digests are 64 lower-case hexadecimal characters.

CREATE TABLE tenants (
    id         TEXT NOT NULL PRIMARY KEY,
    created_at TEXT NOT NULL
);

-- A key's secret is 256 random bits: only its digest is kept.
CREATE TABLE api_keys (
    prefix        TEXT NOT NULL PRIMARY KEY,
    tenant        TEXT NOT NULL REFERENCES tenants (id),
    secret_sha256 TEXT NOT NULL,
    label         TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    expires_at    TEXT,
    revoked_at    TEXT
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant, created_at);

-- Every version of every canonical record; rows are only ever added.
CREATE TABLE records (
    tenant        TEXT   NOT NULL REFERENCES tenants (id),
    kind          TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    known_at      TEXT   NOT NULL,
    business_date TEXT,
    body          TEXT   NOT NULL,
    body_sha256   TEXT   NOT NULL,
    PRIMARY KEY (tenant, kind, id, version)
);
CREATE INDEX records_as_of ON records (tenant, kind, id, known_at, version);

-- The bytes lie beside the database, under documents/<tenant>/<aa>/<sha256>.
CREATE TABLE documents (
    tenant      TEXT   NOT NULL REFERENCES tenants (id),
    id          TEXT   NOT NULL,
    sha256      TEXT   NOT NULL,
    media       TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    filename    TEXT,
    received_at TEXT   NOT NULL,
    erased_at   TEXT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, sha256)
);

-- What was made of a document, as shown to clients, with the columns that the inbox filters by.
CREATE TABLE analyses (
    tenant            TEXT    NOT NULL,
    document_id       TEXT    NOT NULL,
    analysed_at       TEXT    NOT NULL,
    body              TEXT    NOT NULL,
    recommendation_id TEXT,
    status            TEXT    NOT NULL,
    document_type     TEXT,
    level             TEXT    NOT NULL,
    needs_review      BOOLEAN NOT NULL,
    findings          BIGINT  NOT NULL,
    seller            TEXT,
    number            TEXT,
    issue_date        TEXT,
    due_date          TEXT,
    currency          TEXT,
    total             TEXT,
    search_text       TEXT    NOT NULL,
    PRIMARY KEY (tenant, document_id),
    FOREIGN KEY (tenant, document_id) REFERENCES documents (tenant, id)
);

-- The chain. entry_sha256 = SHA-256(prev_sha256 || header), header being canonical JSON
-- that names the entry and the digest of each of its parts.
CREATE TABLE audit_entries (
    tenant       TEXT   NOT NULL REFERENCES tenants (id),
    seq          BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    at           TEXT   NOT NULL,
    header       TEXT   NOT NULL,
    prev_sha256  TEXT   NOT NULL,
    entry_sha256 TEXT   NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE UNIQUE INDEX audit_entries_by_id ON audit_entries (tenant, kind, id);

-- The removable content of an entry. Erasing empties salt and content; the salted digest stays in the header.
CREATE TABLE audit_parts (
    tenant  TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    salt    TEXT,
    content TEXT,
    PRIMARY KEY (tenant, seq, name),
    FOREIGN KEY (tenant, seq) REFERENCES audit_entries (tenant, seq)
);

CREATE TABLE audit_heads (
    tenant      TEXT   NOT NULL PRIMARY KEY REFERENCES tenants (id),
    entries     BIGINT NOT NULL,
    head_sha256 TEXT   NOT NULL
);

-- Index over the chain's recommendations; checked against it by the verifier.
CREATE TABLE recommendations (
    tenant       TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    case_name    TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    level        TEXT   NOT NULL,
    decided_at   TEXT   NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, seq) REFERENCES audit_entries (tenant, seq)
);
CREATE INDEX recommendations_by_seq ON recommendations (tenant, seq);
CREATE INDEX recommendations_by_subject ON recommendations (tenant, subject_kind, subject_id, seq);

-- Index over the chain's feedback; checked against it by the verifier.
CREATE TABLE feedback (
    tenant            TEXT   NOT NULL,
    id                TEXT   NOT NULL,
    seq               BIGINT NOT NULL,
    recommendation_id TEXT   NOT NULL,
    verdict           TEXT   NOT NULL,
    about             TEXT,
    given_at          TEXT   NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, seq) REFERENCES audit_entries (tenant, seq)
);
CREATE INDEX feedback_by_recommendation ON feedback (tenant, recommendation_id, seq);

CREATE TABLE idempotency (
    tenant         TEXT NOT NULL REFERENCES tenants (id),
    idempotency_key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    status         BIGINT, -- NULL while the request runs
    content_type   TEXT,
    body           TEXT,
    expires_at     TEXT NOT NULL,
    PRIMARY KEY (tenant, idempotency_key)
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE jobs (
    tenant      TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    document_id TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    problem     TEXT,
    created_at  TEXT   NOT NULL,
    lease_until TEXT   NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, document_id) REFERENCES documents (tenant, id)
);
CREATE INDEX jobs_by_state ON jobs (state, lease_until);
