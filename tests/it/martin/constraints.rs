//! The constraints that only PostGIS has, as it keeps drawings and a file does not.

use super::{drawn, layers};
use sqlx::{AssertSqlSafe, Executor};

/// As in `store_constraints`.
pub const BREACHES: &[(&str, &str)] = &[
    ("pk_drawing", "insert into drawing default values"),
    ("ck_drawing_one", "update drawing set one = false"),
    ("ck_drawing_whole", "update drawing set drawn_at = null"),
    ("fk_drawing_revision", "update drawing set revision = 99"),
    ("pk_drawn", "insert into drawn select * from drawn limit 1"),
    ("fk_drawn_layer", "update drawn set layer = 'x'"),
    ("ck_drawn_digest", "update drawn set digest = '\\x00'"),
    ("ck_drawn_kind", "update drawn set kind = 'x'"),
    ("ck_drawn_unit", "update drawn set unit = null where kind = 'label'"),
];

#[tokio::test]
async fn every_constraint_of_the_drawings_refuses_its_breach() {
    let (_store, _published, mut connection) = drawn(&layers(1)).await;
    connection.execute("set search_path = wangge, public").await.unwrap();
    for (constraint, statement) in BREACHES {
        let error = connection.execute(AssertSqlSafe(*statement)).await.expect_err(constraint);
        assert_eq!(error.as_database_error().unwrap().constraint(), Some(*constraint), "{error}");
    }
}
