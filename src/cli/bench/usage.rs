//! What this process uses, from `/proc` (see proc(5)).

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// Clock ticks a second in `/proc/self/stat`: USER_HZ, 100 on every Linux that this program is built for.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time used by all threads since the process began.
pub fn processor() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").context("/proc/self/stat")?;
    // The program's name, in brackets, may hold spaces; utime and stime are the 12th and 13th fields after it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |field: usize| fields.get(field).and_then(|value| value.parse::<f64>().ok());
    let used = ticks(11).zip(ticks(12)).map(|(user, system)| user + system);
    Ok(Duration::from_secs_f64(used.context("/proc/self/stat : champs utime et stime illisibles")? / TICKS_PER_SECOND))
}

/// Resident memory, megabytes (10⁶ bytes).
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub now: f64,
    pub peak: f64,
}

pub fn memory() -> anyhow::Result<Memory> {
    let status = fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: f64 = line.trim_start_matches(':').split_whitespace().next()?.parse().ok()?;
        Some(kibibytes * 1_024.0 / 1e6)
    };
    let memory = field("VmRSS").zip(field("VmHWM")).map(|(now, peak)| Memory { now, peak });
    memory.context("/proc/self/status : VmRSS ou VmHWM illisible")
}
