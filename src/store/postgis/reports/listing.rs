//! Lists of reports.

use super::{PostGis, Session, again, position, reading, report};
use crate::report::{Report, Stage};
use crate::store::StoreError;
use crate::store::reports::{
    After, Cells, Counted, Heaped, Order, Wish, numbers, read_unit, read_word, report_columns,
};
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};

type Query = QueryBuilder<Postgres>;

impl PostGis {
    pub(in crate::store) async fn reports(
        &self,
        wish: &Wish,
        order: Order,
        after: Option<After>,
        limit: u32,
    ) -> Result<(u64, Vec<Report>), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::view(&self.hosts, "listing reports").await?;
                let found = list(&mut session, wish, order, after, limit).await;
                // Nothing was written, so nothing is confirmed either.
                session.undo().await;
                found
            })
        })
        .await
    }

    pub(in crate::store) async fn counted_reports(
        &self,
        wish: &Wish,
        above: u64,
        limit: u32,
    ) -> Result<Vec<Counted>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "counting reports").await?;
                let mut list = Query::new(
                    "select id, category, stage, received_at, due_at, coalesce(handled_at, closed_at), returned,
                       filed_unit, assigned_unit, x, y
                     from report where id > ",
                );
                list.push_bind(above as i64);
                narrow(&mut list, wish);
                list.push(" order by id limit ").push_bind(i64::from(limit));
                session.rows(list.build()).await?.iter().map(counted).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn heaped_reports(
        &self,
        wish: &Wish,
        cells: Cells,
    ) -> Result<Vec<Heaped>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "heaping up reports").await?;
                let mut heaps = Query::new("select (x - ");
                heaps.push_bind(cells.from.x).push(") / ").push_bind(cells.size[0]);
                heaps.push(", (y - ").push_bind(cells.from.y).push(") / ").push_bind(cells.size[1]);
                heaps.push(
                    ", count(*), count(*) filter (where stage in ('collected', 'dispatched') and due_at < ",
                );
                heaps.push_bind(cells.now).push("), sum(x), sum(y), min(id), min(stage)");
                heaps.push(" from report where true");
                narrow(&mut heaps, wish);
                heaps.push(" group by 1, 2 order by 1, 2");
                session.rows(heaps.build()).await?.iter().map(heaped).collect()
            })
        })
        .await
    }
}

async fn list(
    session: &mut Session,
    wish: &Wish,
    order: Order,
    after: Option<After>,
    limit: u32,
) -> Result<(u64, Vec<Report>), StoreError> {
    let mut count = Query::new("select count(*) from report where true");
    narrow(&mut count, wish);
    let total = session.row(count.build()).await?;
    let total: i64 = total.map_or(Ok(0), |row| row.try_get(0)).map_err(reading())?;
    let mut list = Query::new(concat!("select ", report_columns!(), " from report where true"));
    narrow(&mut list, wish);
    go_on(&mut list, order, after);
    list.push(" limit ").push_bind(i64::from(limit));
    let all = session.rows(list.build()).await?.iter().map(report).collect::<Result<_, _>>()?;
    Ok((total as u64, all))
}

/// Adds what is wished for.
fn narrow(query: &mut Query, wish: &Wish) {
    if wish.stages == Stage::OPEN {
        // In the words of the index of open reports.
        query.push(" and stage in ('collected', 'dispatched', 'handled')");
    } else if !wish.stages.is_empty() {
        let stages: Vec<&str> = wish.stages.iter().map(|stage| stage.name()).collect();
        query.push(" and stage = any(").push_bind(stages).push(")");
    }
    if let Some(units) = &wish.units {
        query.push(" and assigned_unit = any(").push_bind(numbers(units)).push(")");
    }
    let texts = [("category", &wish.category), ("source_ref", &wish.source_ref), ("source", &wish.source)];
    for (column, wanted) in texts {
        if let Some(wanted) = wanted {
            query.push(format_args!(" and {column} = ")).push_bind(wanted.clone());
        }
    }
    if let Some(since) = wish.since {
        query.push(" and received_at >= ").push_bind(since);
    }
    if let Some(until) = wish.until {
        query.push(" and received_at < ").push_bind(until);
    }
    if let Some(bbox) = wish.bbox {
        query.push(" and x between ").push_bind(bbox.min.x).push(" and ").push_bind(bbox.max.x);
        query.push(" and y between ").push_bind(bbox.min.y).push(" and ").push_bind(bbox.max.y);
    }
    if let Some(now) = wish.overdue_at {
        query.push(" and stage in ('collected', 'dispatched') and due_at < ").push_bind(now);
    }
    if wish.needs_confirmation {
        query.push(" and needs_confirmation");
    }
    if wish.flagged {
        query.push(" and flagged");
    }
}

/// Adds the order, and where the list goes on.
fn go_on(query: &mut Query, order: Order, after: Option<After>) {
    match (order, after) {
        (Order::Newest, after) => {
            if let Some(after) = after {
                query.push(" and id < ").push_bind(after.id as i64);
            }
            query.push(" order by id desc");
        }
        (Order::Due, after) => {
            if let Some(after) = after {
                query.push(" and (due_at, id) > (").push_bind(after.due_at);
                query.push(", ").push_bind(after.id as i64).push(")");
            }
            query.push(" order by due_at, id");
        }
    }
}

fn heaped(row: &PgRow) -> Result<Heaped, StoreError> {
    let whole = |i: usize| row.try_get::<i64, _>(i).map_err(reading());
    let cell = |i: usize| row.try_get::<i32, _>(i).map_err(reading());
    Ok(Heaped {
        cell: [cell(0)?, cell(1)?],
        count: whole(2)? as u64,
        late: whole(3)? as u64,
        sum: [whole(4)?, whole(5)?],
        first: whole(6)? as u64,
        stage: read_word("stage", row.try_get(7).map_err(reading())?)?,
    })
}

fn counted(row: &PgRow) -> Result<Counted, StoreError> {
    let unit = |i: usize| read_unit(row.try_get(i).map_err(reading())?);
    Ok(Counted {
        id: row.try_get::<i64, _>(0).map_err(reading())? as u64,
        category: row.try_get(1).map_err(reading())?,
        stage: read_word("stage", row.try_get(2).map_err(reading())?)?,
        received_at: row.try_get(3).map_err(reading())?,
        due_at: row.try_get(4).map_err(reading())?,
        done_at: row.try_get(5).map_err(reading())?,
        returned: row.try_get::<i32, _>(6).map_err(reading())? as u32,
        filed: unit(7)?,
        assigned: unit(8)?,
        position: position(row, 9)?,
    })
}
