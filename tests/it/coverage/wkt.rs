//! WKT of lattice integers, for cases that a reader checks by eye.

use wangge::geom::{Point, Polygon, Ring, Shape};

/// Reads `POLYGON((x y,…),(…))` or `MULTIPOLYGON(((…)),…)`.
pub fn shape(text: &str) -> Shape {
    let body: String = text.chars().filter(|&c| c != '\n').collect();
    let open = body.find('(').unwrap();
    let many = body.starts_with("MULTI");
    let inner = &body[open + 1..body.rfind(')').unwrap()];
    let polygons = if many { groups(inner) } else { vec![inner] };
    Shape(polygons.into_iter().map(polygon).collect())
}

fn polygon(text: &str) -> Polygon {
    let mut rings = groups(text).into_iter().map(ring);
    Polygon { outer: rings.next().unwrap(), holes: rings.collect() }
}

fn ring(text: &str) -> Ring {
    let point = |pair: &str| {
        let mut numbers = pair.split_whitespace().map(|n| n.parse::<i32>().unwrap());
        Point::new(numbers.next().unwrap(), numbers.next().unwrap())
    };
    Ring::new(text.split(',').map(point).collect()).unwrap()
}

/// The insides of the brackets on the outermost level.
fn groups(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '(' if depth == 0 => (depth, start) = (1, i + 1),
            '(' => depth += 1,
            ')' if depth == 1 => {
                depth = 0;
                found.push(&text[start..i]);
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    found
}

/// The shape as `MULTIPOLYGON`, rings closed.
pub fn write(shape: &Shape) -> String {
    let ring = |r: &Ring| {
        let points = r.points().iter().chain(r.points().first());
        let points: Vec<String> = points.map(|p| format!("{} {}", p.x, p.y)).collect();
        format!("({})", points.join(","))
    };
    let polygon = |p: &Polygon| format!("({})", p.rings().map(ring).collect::<Vec<_>>().join(","));
    format!("MULTIPOLYGON({})", shape.polygons().iter().map(polygon).collect::<Vec<_>>().join(","))
}
