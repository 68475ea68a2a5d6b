//! The same for the event log: each named constraint with a statement that breaks it.

/// As `BREACHES` of `store_constraints`.
pub const BREACHES: &[(&str, &str)] = &[
    ("pk_event_head", "insert into event_head (one, seq) values (1, 9)"),
    ("ck_event_head_one", "insert into event_head (one, seq) values (2, 9)"),
    ("ck_event_head_seq", "update event_head set seq = -1"),
    (
        "pk_event",
        "insert into event (seq, type, at, revision, subject, data) values (1, 'x.y', {time}, 1, '1', '{}')",
    ),
    (
        "fk_event_revision",
        "insert into event (seq, type, at, revision, subject, data) values (90, 'x.y', {time}, 99, '1', '{}')",
    ),
    (
        "ck_event_seq",
        "insert into event (seq, type, at, revision, subject, data) values (0, 'x.y', {time}, 1, '1', '{}')",
    ),
    (
        "ck_event_type",
        "insert into event (seq, type, at, revision, subject, data) values (91, 'xy', {time}, 1, '1', '{}')",
    ),
];

/// Rows that break nothing.
pub const SOUND: &[&str] =
    &["insert into event (seq, type, at, revision, subject, data) values (90, 'x.y', {time}, 1, '1', '{}')"];
