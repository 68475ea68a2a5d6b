//! The two villages of `geodata/samples`, read as an import reads them.

use std::collections::BTreeSet;
use std::path::Path;
use wangge::coverage::{Built, Defect};
use wangge::exchange::import::{Mapping, Stored, build, draft};
use wangge::exchange::read::{ReadOptions, read};
use wangge::unit::Layer;

/// What an import of a sample into an empty store finds: the ground, or what is wrong with rows and ground.
async fn import(name: &str) -> (Vec<Defect>, Option<Built>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/samples").join(name);
    let options = ReadOptions { crs: Some("wgs84".parse().unwrap()), ..ReadOptions::default() };
    let features = read(&path, &options).await.unwrap();
    let stored = Stored { layers: &[], taken: 0 };
    let draft = draft(&Layer::land(), features, &Mapping::default(), stored).unwrap();
    let mut defects = draft.defects;
    match build(&draft.source, stored, None) {
        Ok(built) => (defects, Some(built)),
        Err(found) => {
            defects.extend(found);
            (defects, None)
        }
    }
}

#[tokio::test]
async fn the_clean_village_is_a_coverage_of_seven_grids() {
    let (defects, built) = import("clean.geojson").await;
    assert_eq!(defects, []);
    let built = built.unwrap();
    assert_eq!(built.coverage.units().len(), 7);
    assert_eq!(built.outline.unwrap().polygons().len(), 1);
}

#[tokio::test]
async fn the_defective_village_is_refused_with_each_kind_of_its_defects() {
    let (defects, built) = import("defects.geojson").await;
    assert!(built.is_none());
    let kinds: BTreeSet<&str> = defects.iter().map(|d| d.kind.name()).collect();
    for kind in ["self_crossing", "overlap", "gap", "duplicate_code", "wrong_parent"] {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
}
