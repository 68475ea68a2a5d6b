//! The same for the tables of people: each named constraint with a statement that breaks it.

/// As `BREACHES` of `store_constraints`; `{other}` is 32 other bytes.
pub const BREACHES: &[(&str, &str)] = &[
    (
        "pk_account",
        "insert into account (name, display_name, password, created_at) values ('a', 'a', '$argon2id$x', {time})",
    ),
    (
        "ck_account_name",
        "insert into account (name, display_name, password, created_at) values ('', 'a', '$argon2id$x', {time})",
    ),
    (
        "ck_account_password",
        "insert into account (name, display_name, password, created_at) values ('b', 'b', 'plain', {time})",
    ),
    (
        "fk_account_role_account",
        "insert into account_role (account, role, layer) values ('x', 'viewer', null)",
    ),
    ("fk_account_role_layer", "insert into account_role (account, role, layer) values ('a', 'viewer', 'x')"),
    ("ck_account_role_role", "insert into account_role (account, role, layer) values ('a', 'boss', null)"),
    ("uk_account_role", "insert into account_role (account, role, layer) values ('a', 'planner', null)"),
    ("pk_account_territory", "insert into account_territory (account, unit) values ('a', 3)"),
    ("fk_account_territory_account", "insert into account_territory (account, unit) values ('x', 3)"),
    ("fk_account_territory_unit", "insert into account_territory (account, unit) values ('a', 99)"),
    (
        "pk_session",
        "insert into session (hash, account, created_at, seen_at, expires_at) values ({hash}, 'a', {time}, {time}, '2030-01-02T00:00:00Z')",
    ),
    (
        "fk_session_account",
        "insert into session (hash, account, created_at, seen_at, expires_at) values ({other}, 'x', {time}, {time}, '2030-01-02T00:00:00Z')",
    ),
    (
        "ck_session_hash",
        "insert into session (hash, account, created_at, seen_at, expires_at) values ({short}, 'a', {time}, {time}, '2030-01-02T00:00:00Z')",
    ),
    (
        "ck_session_span",
        "insert into session (hash, account, created_at, seen_at, expires_at) values ({other}, 'a', {time}, {time}, {time})",
    ),
    (
        "pk_token",
        "insert into token (name, hash, account, created_at, expires_at) values ('t', {other}, null, {time}, null)",
    ),
    (
        "fk_token_account",
        "insert into token (name, hash, account, created_at, expires_at) values ('u', {other}, 'x', {time}, null)",
    ),
    (
        "uk_token_hash",
        "insert into token (name, hash, account, created_at, expires_at) values ('u', {hash}, null, {time}, null)",
    ),
    (
        "ck_token_name",
        "insert into token (name, hash, account, created_at, expires_at) values ('', {other}, null, {time}, null)",
    ),
    (
        "ck_token_hash",
        "insert into token (name, hash, account, created_at, expires_at) values ('u', {short}, null, {time}, null)",
    ),
    (
        "ck_token_span",
        "insert into token (name, hash, account, created_at, expires_at) values ('u', {other}, null, {time}, {time})",
    ),
    ("fk_token_role_token", "insert into token_role (token, role, layer) values ('x', 'viewer', null)"),
    ("fk_token_role_layer", "insert into token_role (token, role, layer) values ('t', 'viewer', 'x')"),
    ("ck_token_role_role", "insert into token_role (token, role, layer) values ('t', 'boss', null)"),
    ("uk_token_role", "insert into token_role (token, role, layer) values ('t', 'worker', null)"),
    (
        "pk_audit",
        "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (1, {time}, 'a', 'a', 'a', '{}', {other}, {hash})",
    ),
    (
        "uk_audit_prev",
        "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (2, {time}, 'a', 'a', 'a', '{}', {hash}, {hash})",
    ),
    (
        "ck_audit_seq",
        "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (0, {time}, 'a', 'a', 'a', '{}', {other}, {hash})",
    ),
    (
        "ck_audit_prev",
        "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (2, {time}, 'a', 'a', 'a', '{}', {short}, {hash})",
    ),
    (
        "ck_audit_hash",
        "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (2, {time}, 'a', 'a', 'a', '{}', {other}, {short})",
    ),
];

/// Rows that must be there for the breaches to be breaches.
pub const BEFORE: &[&str] = &[
    "insert into account (name, display_name, password, created_at) values ('a', 'a', '$argon2id$x', {time})",
    "insert into account_role (account, role, layer) values ('a', 'planner', null)",
    "insert into account_territory (account, unit) values ('a', 3)",
    "insert into session (hash, account, created_at, seen_at, expires_at) values ({hash}, 'a', {time}, {time}, '2030-01-02T00:00:00Z')",
    "insert into token (name, hash, account, created_at, expires_at) values ('t', {hash}, null, {time}, null)",
    "insert into token_role (token, role, layer) values ('t', 'worker', null)",
    "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (1, {time}, 'a', 'a', 'a', '{}', {hash}, {hash})",
];

/// Rows that break nothing.
pub const SOUND: &[&str] = &[
    "insert into account_role (account, role, layer) values ('a', 'planner', 'land')",
    "insert into token (name, hash, account, created_at, expires_at) values ('u', {other}, 'a', {time}, '2030-01-02T00:00:00Z')",
    "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (2, {time}, 'a', 'a', 'a', '{}', {other}, {other})",
];
