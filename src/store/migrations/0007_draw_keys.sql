-- What a tenant's random draws are made with, so that nobody outside can foretell them: 64 hexadecimal characters.
CREATE TABLE draw_keys (
    tenant TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    secret TEXT NOT NULL
);
