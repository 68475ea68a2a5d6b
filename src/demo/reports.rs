//! Reports that nobody made: plausible places, categories, times and fates, the same for a seed and an end.

use super::City;
use super::random::Dice;
use crate::geom::{Point, Shape};
use crate::report::Stage;
use crate::unit::{Categories, Category};
use chrono::{DateTime, Duration, TimeDelta, Utc};

/// A report, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoReport {
    /// Its category.
    pub category: &'static Category,
    /// Where.
    pub position: Point,
    /// Who sends it.
    pub source: &'static str,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// What is said.
    pub text: String,
    /// The stages that it went to, when, and with which word.
    pub steps: Vec<(Stage, DateTime<Utc>, Option<&'static str>)>,
}

/// Over how many days they spread.
const DAYS: i64 = 45;

/// How much of a day's reports come in in each hour, as it is in China.
const HOURS: [u32; 24] = [2, 1, 1, 1, 1, 2, 5, 10, 16, 18, 16, 13, 9, 9, 13, 15, 14, 13, 11, 9, 8, 7, 5, 3];

/// Categories with how often they come and what is said.
const KINDS: [(&str, u32, &[&str]); 16] = [
    ("waste", 22, &["路边垃圾堆放,未清运", "小区门口垃圾外溢", "建筑垃圾占道"]),
    ("street", 18, &["占道经营", "乱贴小广告", "非机动车乱停放"]),
    ("road", 14, &["路面破损,有积水", "路灯不亮", "护栏损坏"]),
    ("dispute", 12, &["邻里噪声纠纷", "宅基地边界争议", "物业费纠纷"]),
    ("safety", 12, &["楼道堆放杂物,堵塞通道", "电动车楼内充电", "临边防护缺失"]),
    ("service", 9, &["独居老人需上门服务", "咨询医保办理", "申请困难救助"]),
    ("manhole", 6, &["井盖缺失", "井盖松动异响"]),
    ("building", 5, &["疑似违法搭建", "楼顶加盖"]),
    ("environment", 5, &["餐饮油烟扰民", "夜间施工噪声"]),
    ("burning", 4, &["露天焚烧秸秆", "焚烧垃圾冒烟"]),
    ("security", 4, &["陌生人尾随", "停车场车窗被砸"]),
    ("fraud", 2, &["接到冒充客服诈骗"]),
    ("flotsam", 4, &["河面漂浮水葫芦", "岸边垃圾聚集"]),
    ("fishing", 2, &["有人电鱼", "禁渔期撒网"]),
    ("outfall", 2, &["排口出水浑浊有异味"]),
    ("fire", 1, &["山坡冒烟"]),
];

/// Who sends them.
const SOURCES: [(&str, u32); 3] = [("示例热线", 5), ("示例巡查", 4), ("示例视频", 1)];

/// The reports of a city up to a moment, in the order in which they came in.
pub fn reports(
    city: &City,
    categories: &'static Categories,
    (seed, count): (u64, usize),
    until: DateTime<Utc>,
) -> Vec<DemoReport> {
    let mut dice = Dice::new(seed, 40);
    let one = |_| one(city, categories, until, &mut dice);
    let mut all: Vec<DemoReport> = (0..count).filter_map(one).collect();
    all.sort_by_key(|report| report.received_at);
    all
}

fn one(
    city: &City,
    categories: &'static Categories,
    until: DateTime<Utc>,
    dice: &mut Dice,
) -> Option<DemoReport> {
    let (code, _, texts) = KINDS[weighted(dice, KINDS.iter().map(|kind| kind.1))];
    let category = categories.find(code).ok()?;
    let on_water = category.rule.first().is_some_and(|reach| reach.layer == "water");
    let position = place(city, if on_water { "water" } else { "land" }, dice)?;
    let source = SOURCES[weighted(dice, SOURCES.iter().map(|source| source.1))].0;
    let received_at = moment(until, dice)?;
    let occurred_at = received_at - TimeDelta::minutes(2 + dice.below(40) as i64);
    let text = texts[dice.below(texts.len())].to_owned();
    let steps = fate(category, received_at, until, dice);
    Some(DemoReport { category, position, source, occurred_at, received_at, text, steps })
}

fn weighted(dice: &mut Dice, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let total: u32 = weights.clone().sum();
    let mut left = dice.below(total as usize) as u32;
    for (i, weight) in weights.enumerate() {
        if left < weight {
            return i;
        }
        left -= weight;
    }
    0
}

/// Some place on a grid of a layer. Grids are small where people live, so most reports are downtown.
fn place(city: &City, layer: &str, dice: &mut Dice) -> Option<Point> {
    let layer = city.layers.iter().find(|source| source.layer.name == layer)?;
    let (_, shape) = layer.shapes.get(dice.below(layer.shapes.len()))?;
    inside(shape, dice)
}

/// A point between three corners of a shape: inside it, or not far.
fn inside(shape: &Shape, dice: &mut Dice) -> Option<Point> {
    let polygon = shape.polygons().first()?;
    let corners = polygon.rings().next()?.points();
    let mut sum = (0.0, 0.0);
    let mut weight = 0.0;
    for _ in 0..3 {
        let (corner, share) = (corners[dice.below(corners.len())], dice.between(0.2, 1.0));
        sum = (sum.0 + share * f64::from(corner.x), sum.1 + share * f64::from(corner.y));
        weight += share;
    }
    Some(Point { x: (sum.0 / weight) as i32, y: (sum.1 / weight) as i32 })
}

/// When one comes in: by the hours of a day in China.
fn moment(until: DateTime<Utc>, dice: &mut Dice) -> Option<DateTime<Utc>> {
    let china = TimeDelta::hours(8);
    loop {
        let seconds = dice.below((DAYS * 86_400) as usize) as i64;
        let at = until - Duration::seconds(seconds);
        let hour = (at + china).timestamp().rem_euclid(86_400) / 3_600;
        if dice.below(18) < *HOURS.get(usize::try_from(hour).ok()?)? as usize {
            return Some(at);
        }
    }
}

/// What becomes of it: most are handled in time, some late, a few are sent back, and those that just came in wait.
fn fate(
    category: &Category,
    received_at: DateTime<Utc>,
    until: DateTime<Utc>,
    dice: &mut Dice,
) -> Vec<(Stage, DateTime<Utc>, Option<&'static str>)> {
    let due_m = f64::from(category.due_hours) * 60.0;
    let after = |from: DateTime<Utc>, minutes: f64| from + TimeDelta::seconds((minutes * 60.0) as i64);
    let dispatched = after(received_at, dice.between(3.0, 45.0_f64.min(due_m / 3.0).max(4.0)));
    let share = if dice.unit() < 0.12 { dice.between(1.0, 1.8) } else { dice.between(0.1, 0.85) };
    let handled = after(received_at, due_m * share).max(after(dispatched, 5.0));
    let mut steps = vec![(Stage::Dispatched, dispatched, None), (Stage::Handled, handled, Some("已处理"))];
    let mut last = handled;
    if dice.unit() < 0.05 {
        let returned = after(handled, dice.between(20.0, 200.0));
        last = after(returned, dice.between(60.0, 600.0));
        steps.push((Stage::Dispatched, returned, Some("现场仍未处理到位")));
        steps.push((Stage::Handled, last, Some("已重新处理")));
    }
    let closed = after(last, dice.between(30.0, 900.0));
    steps.push((Stage::Closed, closed, None));
    if dice.unit() < 0.7 {
        steps.push((Stage::Assessed, after(closed, dice.between(600.0, 4_000.0)), None));
    }
    steps.retain(|(_, at, _)| *at < until);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::source;
    use crate::demo::units::Tree;
    use crate::geom::{Polygon, Ring};
    use crate::unit::{Layer, UnitId};

    fn city() -> City {
        let corners = [(0, 0), (900, 0), (900, 900), (0, 900)].map(|(x, y)| Point { x, y });
        let shape = Shape(vec![Polygon::simple(Ring::new(corners.to_vec()).unwrap())]);
        let id = |n: u64| UnitId::try_from(n).unwrap();
        let layer = |layer: Layer, n: u64| {
            let tree = Tree { units: Vec::new(), grids: vec![id(n)] };
            source(layer, None, tree, vec![shape.clone()])
        };
        City { layers: vec![layer(Layer::land(), 1), layer(Layer::water(), 2)], posts: Vec::new() }
    }

    #[test]
    fn the_same_seed_and_end_give_the_same_reports_and_another_gives_others() {
        let until = "2026-11-27T10:00:00Z".parse().unwrap();
        let of = |seed| reports(&city(), Categories::standard(), (seed, 300), until);
        let (one, again, other) = (of(1), of(1), of(2));
        assert_eq!(one, again);
        assert_ne!(one, other);
        assert_eq!(one.len(), 300, "every kind is a category");
    }

    #[test]
    fn times_run_forwards_and_every_step_is_one_of_the_table() {
        let until = "2026-11-27T10:00:00Z".parse().unwrap();
        let all = reports(&city(), Categories::standard(), (1, 2_000), until);
        assert!(all.windows(2).all(|pair| pair[0].received_at <= pair[1].received_at));
        let (mut open, mut late) = (0, 0);
        for report in &all {
            assert!(report.occurred_at < report.received_at && report.received_at <= until);
            let (mut stage, mut at) = (Stage::Collected, report.received_at);
            for (to, when, comment) in &report.steps {
                let step = stage.to(*to).unwrap();
                assert!(*when >= at && *when < until && (comment.is_some() || !step.needs_comment));
                (stage, at) = (*to, *when);
            }
            open += usize::from(stage.is_open());
            let due = report.received_at + TimeDelta::hours(report.category.due_hours.into());
            late += usize::from(report.steps.iter().any(|s| s.0 == Stage::Handled && s.1 > due));
        }
        assert!((40..400).contains(&open) && (100..400).contains(&late), "{open} open, {late} late");
    }
}
