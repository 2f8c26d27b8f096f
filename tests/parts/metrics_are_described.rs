//! A metric that a part records without a word in `observe` would reach the operator unexplained, a histogram without buckets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn names(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("observe/metrics.rs") {
            let text = fs::read_to_string(&path).unwrap();
            for kind in ["counter!(", "gauge!(", "histogram!("] {
                let names =
                    text.split(kind).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
                found.extend(names.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_metric_that_is_recorded_is_described() {
    let mut recorded = BTreeSet::new();
    names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut recorded);
    let described: BTreeSet<String> = standardiste::observe::described().map(str::to_owned).collect();
    let missing: Vec<_> = recorded.difference(&described).collect();
    assert!(!recorded.is_empty() && missing.is_empty(), "describe them in src/observe/metrics.rs: {missing:?}");
}
