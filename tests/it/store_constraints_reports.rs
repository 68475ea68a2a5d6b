//! The same for reports: each named constraint with a statement that breaks it.

/// As `BREACHES` of `store_constraints`.
pub const BREACHES: &[(&str, &str)] = &[
    ("pk_report", "{report} (1, 'b', {hash}, 1, 'inside', 3, 1, 3, 'filed', 'collected', null, 1)"),
    ("uk_report_key", "{report} (2, 'a', {hash}, 1, 'inside', 3, 1, 3, 'filed', 'collected', null, 1)"),
    ("fk_report_revision", "{report} (2, 'b', {hash}, 99, 'inside', 3, 1, 3, 'filed', 'collected', null, 1)"),
    (
        "fk_report_assigned_revision",
        "{report} (2, 'b', {hash}, 1, 'inside', 3, 99, 3, 'filed', 'collected', null, 1)",
    ),
    (
        "fk_report_assigned_unit",
        "{report} (2, 'b', {hash}, 1, 'inside', 3, 1, 99, 'filed', 'collected', null, 1)",
    ),
    (
        "fk_report_filed_unit",
        "{report} (2, 'b', {hash}, 1, 'inside', 99, 1, 3, 'filed', 'collected', null, 1)",
    ),
    ("ck_report_body", "{report} (2, 'b', {short}, 1, 'inside', 3, 1, 3, 'filed', 'collected', null, 1)"),
    ("ck_report_outcome", "{report} (2, 'b', {hash}, 1, 'x', 3, 1, 3, 'filed', 'collected', null, 1)"),
    ("ck_report_reason", "{report} (2, 'b', {hash}, 1, 'inside', 3, 1, 3, 'x', 'collected', null, 1)"),
    ("ck_report_stage", "{report} (2, 'b', {hash}, 1, 'inside', 3, 1, 3, 'filed', 'x', null, 1)"),
    ("ck_report_closed", "{report} (2, 'b', {hash}, 1, 'inside', 3, 1, 3, 'filed', 'closed', null, 1)"),
    ("ck_report_version", "{report} (2, 'b', {hash}, 1, 'inside', 3, 1, 3, 'filed', 'collected', null, 0)"),
    ("pk_report_step", "{step} (1, 1, 'staged')"),
    ("fk_report_step_report", "{step} (99, 1, 'staged')"),
    ("ck_report_step_kind", "{step} (1, 2, 'x')"),
    ("pk_relocation", "insert into relocation (one, begun, done) values (1, 0, 0)"),
    ("ck_relocation_one", "insert into relocation (one, begun, done) values (2, 0, 0)"),
    ("ck_relocation_order", "update relocation set done = 1"),
    ("pk_webhook", "{webhook} (1, 'http://a/', null)"),
    ("ck_webhook_url", "{webhook} (2, 'ftp://a/', null)"),
    ("ck_webhook_holder", "{webhook} (2, 'http://a/', 'x')"),
    ("pk_dead_letter", "{letter} (1, 1)"),
    ("fk_dead_letter_webhook", "{letter} (9, 1)"),
    ("fk_dead_letter_event", "{letter} (1, 9999)"),
];

/// Rows that others refer to or collide with.
pub const BEFORE: &[&str] = &[
    "{report} (1, 'a', {hash}, 1, 'inside', 3, 1, 3, 'filed', 'collected', null, 1)",
    "{step} (1, 1, 'staged')",
    "{webhook} (1, 'http://a/', null)",
    "{letter} (1, 1)",
];

/// Rows that break nothing.
pub const SOUND: &[&str] = &[
    "{report} (2, 'b', {hash}, 1, 'outside', null, 1, null, 'manual', 'closed', {time}, 2)",
    "{step} (1, 2, 'moved')",
    "update relocation set begun = 1, done = 1",
    "{webhook} (2, 'https://a/', null)",
    "{letter} (2, 1)",
];

/// The beginnings of statements, as `STARTS` of `store_constraints`.
pub const STARTS: &[(&str, &str)] = &[
    (
        "{report}",
        "insert into report (id, key, body, revision, outcome, filed_unit, assigned_revision, assigned_unit,
           assigned_reason, stage, closed_at, version, source, receipt, received_at, occurred_at, due_at, crs, east,
           north, x, y, category, masked, rule, needs_confirmation, flagged, behind, returned) values",
    ),
    ("{step}", "insert into report_step (report, seq, kind, actor, made_at) values"),
    (
        "{webhook}",
        "insert into webhook (id, url, holder, secret, kinds, created_by, created_at, told, attempts, next_at) values",
    ),
    ("{letter}", "insert into dead_letter (webhook, event, put_aside_at, attempts, error) values"),
];

/// The ends of rows that are the same in every statement.
pub const ENDS: &[(&str, &str)] = &[
    (
        "{report}",
        ", 'x', '{}', {time}, {time}, {time}, 'wgs84', 1, 1, 1, 1, 'x', {false}, 'x', {false}, {false}, {false}, 0)",
    ),
    ("{step}", ", 'x', {time})"),
    ("{webhook}", ", 'x', '[]', 'x', {time}, 0, 0, {time})"),
    ("{letter}", ", {time}, 1, 'x')"),
];
