//! The body of a snapshot as bytes. Each text and list is preceded by its length in 32 bits.

use super::{Kept, people};
use crate::geom::Shape;
use crate::snapshot::{LayerSource, Revision};
use crate::store::rows::write_attributes;
use crate::unit::{Layer, Outline, Person, Post, Unit, UnitId};
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;

/// The database, the revisions, the state hash, the note, the layers, the posts, the people.
pub(super) fn body(database: &str, kept: &Kept) -> Vec<u8> {
    let mut out = Vec::new();
    text(&mut out, database);
    list(&mut out, &kept.revisions, revision);
    out.extend(kept.state_hash.0);
    option(&mut out, kept.note.as_deref(), text);
    list(&mut out, &kept.layers, source);
    list(&mut out, &kept.posts, post);
    people::write(&mut out, &kept.people);
    out
}

pub(super) fn text(out: &mut Vec<u8>, value: &str) {
    count(out, value.len());
    out.extend(value.as_bytes());
}

/// Nothing that is kept has four thousand million of anything: ids and texts of a city are far below.
fn count(out: &mut Vec<u8>, n: usize) {
    out.extend(u32::try_from(n).expect("fewer than 2^32 entries").to_le_bytes());
}

pub(super) fn list<T>(out: &mut Vec<u8>, all: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    count(out, all.len());
    for one in all {
        write(out, one);
    }
}

pub(super) fn option<T: ?Sized>(out: &mut Vec<u8>, value: Option<&T>, write: impl FnOnce(&mut Vec<u8>, &T)) {
    out.push(value.is_some().into());
    if let Some(value) = value {
        write(out, value);
    }
}

fn revision(out: &mut Vec<u8>, revision: &Revision) {
    out.extend(revision.number.to_le_bytes());
    out.extend(revision.effective_from.timestamp_micros().to_le_bytes());
}

fn layer(out: &mut Vec<u8>, layer: &Layer) {
    text(out, &layer.name);
    text(out, &layer.title);
    list(out, &layer.levels, |out, level| text(out, level));
    match &layer.outline {
        Outline::Own => out.push(0),
        Outline::None => out.push(1),
        Outline::Of(other) => {
            out.push(2);
            text(out, other);
        }
    }
}

fn source(out: &mut Vec<u8>, source: &LayerSource) {
    layer(out, &source.layer);
    option(out, source.outline.as_ref(), shape);
    let shapes: HashMap<UnitId, &Shape> = source.shapes.iter().map(|(id, s)| (*id, s)).collect();
    list(out, &source.units, |out, one| {
        unit(out, one);
        option(out, shapes.get(&one.id).copied(), shape);
    });
}

fn unit(out: &mut Vec<u8>, unit: &Unit) {
    out.extend(unit.id.get().to_le_bytes());
    out.push(unit.level.0);
    out.extend(unit.parent.map_or(0, UnitId::get).to_le_bytes());
    text(out, unit.code.as_str());
    text(out, &unit.name);
    text(out, &write_attributes(&unit.attributes));
}

fn shape(out: &mut Vec<u8>, shape: &Shape) {
    list(out, shape.polygons(), |out, polygon| {
        let rings: Vec<_> = polygon.rings().collect();
        list(out, &rings, |out, ring| {
            list(out, ring.points(), |out, p| {
                out.extend(p.x.to_le_bytes());
                out.extend(p.y.to_le_bytes());
            });
        });
    });
}

fn post(out: &mut Vec<u8>, post: &Post) {
    out.extend(post.unit.get().to_le_bytes());
    text(out, &post.title);
    option(out, post.person.as_ref(), |out, person: &Person| {
        text(out, &person.holder);
        option(out, person.phone.as_deref(), text);
    });
    day(out, post.valid_from);
    option(out, post.valid_to.as_ref(), |out, to| day(out, *to));
}

fn day(out: &mut Vec<u8>, day: NaiveDate) {
    out.extend(day.num_days_from_ce().to_le_bytes());
}
