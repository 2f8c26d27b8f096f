//! Two hundred calls from a browser, one after the other, and nothing is left of them.

use std::time::Duration;

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::line::Script;
use crate::support::reception::{Reception, settings};

const WARM_UP: u32 = 30;
const CYCLES: u32 = 200;

/// Open files of this process, its resident memory in kilobytes, and the tasks of this runtime.
fn held() -> (usize, u64, usize) {
    let files = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kilobytes = resident.trim().trim_end_matches("kB").trim().parse().unwrap();
    (files, kilobytes, tokio::runtime::Handle::current().metrics().num_alive_tasks())
}

async fn cycle(browser: &mut Browser, times: u32) {
    let script = format!(
        "for (let i = 0; i < {times}; i++) {{
            await call.begin({{ deaf: true }});
            if (!await call.connected(10000)) return `cycle ${{i}}: ${{call.state.pc.connectionState}}`;
            await call.end();
        }}
        return true;"
    );
    assert_eq!(browser.run(&script).await, json!(true), "{}", browser.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_leave_memory_sockets_and_tasks_where_they_were() {
    let reception = Reception::start(settings(), Script::default()).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    for _ in 0..WARM_UP / 10 {
        cycle(&mut browser, 10).await;
    }
    reception.is_clean(Duration::from_secs(5)).await;
    let before = held();
    for _ in 0..CYCLES / 10 {
        cycle(&mut browser, 10).await;
    }
    reception.is_clean(Duration::from_secs(5)).await;
    let after = held();
    println!("files, kB, tasks: {before:?} → {after:?}");
    assert_eq!(reception.calls().len() as u32, WARM_UP + CYCLES);
    assert!(after.0 <= before.0 + 2, "files: {before:?} → {after:?}");
    assert!(after.2 <= before.2 + 2, "tasks: {before:?} → {after:?}");
    // What the tests note of each call, and the allocator's own ways, are a few megabytes; a connection has a hundred kilobytes.
    assert!(after.1 < before.1 + 10_000, "memory: {before:?} → {after:?}");
}
