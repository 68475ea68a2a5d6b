//! Where the ground of a unit came from, and where that of a retired one went.

use crate::unit::UnitId;
use std::collections::BTreeSet;

/// Pairs of a unit before and a unit after that took ground of it. Kept where one of the two exists on its
/// own side only: the parents of a unit that was created, the successors of one that was retired.
pub type Lineage = BTreeSet<(UnitId, UnitId)>;

/// Which units a change brings and which it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lives {
    pub created: BTreeSet<UnitId>,
    pub retired: BTreeSet<UnitId>,
}

pub(super) fn inverted(lineage: &Lineage) -> Lineage {
    lineage.iter().map(|&(from, to)| (to, from)).collect()
}

/// The lineage of two changes in a row: a unit that came and went between hands its parents to its heirs.
pub(super) fn then((first, a): (&Lineage, &Lives), (second, b): (&Lineage, &Lives), net: &Lives) -> Lineage {
    let passed = first.iter().flat_map(|&(from, by)| {
        second.iter().filter(move |&&(then, _)| then == by).map(move |&(_, to)| (from, to))
    });
    let kept = first.iter().copied().filter(|(_, to)| !b.retired.contains(to));
    let added = second.iter().copied().filter(|(from, _)| !a.created.contains(from));
    let all = passed.chain(kept).chain(added);
    all.filter(|(from, to)| from != to && (net.retired.contains(from) || net.created.contains(to)))
        .filter(|(from, to)| !net.created.contains(from) && !net.retired.contains(to))
        .collect()
}
