//! The body of a snapshot from bytes.

use super::cursor::{Cursor, Misread};
use super::{Kept, people};
use crate::geom::{Point, Polygon, Ring, Shape};
use crate::snapshot::{LayerSource, Revision, StateHash};
use crate::store::rows::parse_attributes;
use crate::unit::{Code, Layer, Level, Outline, Person, Post, Unit, UnitId};
use chrono::{DateTime, NaiveDate};

/// A whole body: the database that it is of, and what is kept.
pub(super) fn body(bytes: &[u8]) -> Result<(String, Kept), Misread> {
    let mut from = Cursor::new(bytes);
    let database = from.text()?;
    let kept = Kept {
        revisions: from.list(16, revision)?,
        state_hash: StateHash(from.array()?),
        note: from.option(Cursor::text)?,
        layers: from.list(14, source)?,
        posts: from.list(18, post)?,
        people: people::read(&mut from)?,
    };
    if from.left() > 0 {
        return Err(from.wrong(format!("expected the end, got {} more bytes", from.left())));
    }
    let rises = |w: &[Revision]| w[0].number < w[1].number && w[0].effective_from < w[1].effective_from;
    if kept.revisions.is_empty() || !kept.revisions.windows(2).all(rises) {
        return Err(from.wrong("expected revisions in their order"));
    }
    Ok((database, kept))
}

fn revision(from: &mut Cursor<'_>) -> Result<Revision, Misread> {
    let (number, micros) = (from.u64()?, from.i64()?);
    let effective_from = DateTime::from_timestamp_micros(micros);
    let effective_from = effective_from.ok_or_else(|| from.wrong("expected a moment"))?;
    Ok(Revision { number, effective_from })
}

fn layer(from: &mut Cursor<'_>) -> Result<Layer, Misread> {
    let (name, title) = (from.text()?, from.text()?);
    let levels = from.list(4, Cursor::text)?;
    if levels.is_empty() || levels.len() > usize::from(u8::MAX) {
        return Err(from.wrong(format!("expected 1 to 255 levels, got {}", levels.len())));
    }
    let outline = match from.u8()? {
        0 => Outline::Own,
        1 => Outline::None,
        2 => Outline::Of(from.text()?),
        other => return Err(from.wrong(format!("expected an outline from 0 to 2, got {other}"))),
    };
    Ok(Layer { name, title, levels, outline })
}

fn source(from: &mut Cursor<'_>) -> Result<LayerSource, Misread> {
    let layer = layer(from)?;
    let outline = from.option(shape)?;
    let mut shapes = Vec::new();
    let units = from.list(30, |from| {
        let unit = unit(from, &layer)?;
        shapes.extend(from.option(shape)?.map(|shape| (unit.id, shape)));
        Ok(unit)
    })?;
    Ok(LayerSource { layer, outline, units, shapes })
}

fn unit(from: &mut Cursor<'_>, layer: &Layer) -> Result<Unit, Misread> {
    let (id, level) = (unit_id(from)?, Level(from.u8()?));
    if level > layer.grid_level() {
        return Err(from.wrong(format!("expected a level of {}, got {}", layer.name, level.0)));
    }
    let parent = match from.u64()? {
        0 => None,
        n => Some(UnitId::try_from(n).map_err(|error| from.wrong(error.to_string()))?),
    };
    let code = from.text()?;
    let code = Code::try_from(code).map_err(|error| from.wrong(error.to_string()))?;
    let name = from.text()?;
    let attributes = from.text()?;
    let attributes = parse_attributes(&attributes).map_err(|error| from.wrong(error.to_string()))?;
    Ok(Unit { id, code, name, level, parent, attributes })
}

fn unit_id(from: &mut Cursor<'_>) -> Result<UnitId, Misread> {
    UnitId::try_from(from.u64()?).map_err(|error| from.wrong(error.to_string()))
}

fn shape(from: &mut Cursor<'_>) -> Result<Shape, Misread> {
    from.list(4, polygon).map(Shape)
}

fn polygon(from: &mut Cursor<'_>) -> Result<Polygon, Misread> {
    let mut rings = from.list(4, ring)?.into_iter();
    let outer = rings.next().ok_or_else(|| from.wrong("expected a ring"))?;
    Ok(Polygon { outer, holes: rings.collect() })
}

fn ring(from: &mut Cursor<'_>) -> Result<Ring, Misread> {
    let points = from.list(8, |from| {
        let p = Point::new(from.i32()?, from.i32()?);
        let on_earth = p.x.unsigned_abs() <= 1_800_000_000 && p.y.unsigned_abs() <= 900_000_000;
        if on_earth { Ok(p) } else { Err(from.wrong(format!("expected a position on earth, got {p:?}"))) }
    })?;
    let got = points.len();
    Ring::new(points).ok_or_else(|| from.wrong(format!("expected a ring of three points, got {got}")))
}

fn post(from: &mut Cursor<'_>) -> Result<Post, Misread> {
    Ok(Post {
        unit: unit_id(from)?,
        title: from.text()?,
        person: from.option(|from| Ok(Person { holder: from.text()?, phone: from.option(Cursor::text)? }))?,
        valid_from: day(from)?,
        valid_to: from.option(day)?,
    })
}

fn day(from: &mut Cursor<'_>) -> Result<NaiveDate, Misread> {
    let days = from.i32()?;
    NaiveDate::from_num_days_from_ce_opt(days)
        .ok_or_else(|| from.wrong(format!("expected a day, got {days}")))
}
