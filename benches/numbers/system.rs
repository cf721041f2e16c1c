//! What the system tells of a process and of the machine. Linux; elsewhere what can't be read is none.

use std::{fs, process::Command};

/// What a process has used so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Times that any of its threads went to sleep again: its wake-ups.
    pub(crate) wakes: u64,
    /// Time on the processor, in ticks of the system's clock (usually 10 ms).
    pub(crate) ticks: u64,
}

/// A number of kilobytes from the status of a process, as MiB.
fn mebibytes(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()?.div_ceil(1_024))
}

/// Memory that a process has in use now, MiB.
pub(crate) fn memory(process: u32) -> Option<u64> {
    mebibytes(process, "VmRSS:")
}

/// The most memory that a process ever had in use, MiB.
pub(crate) fn memory_peak(process: u32) -> Option<u64> {
    mebibytes(process, "VmHWM:")
}

/// What all threads of a process have used so far.
pub(crate) fn usage(process: u32) -> Option<Usage> {
    let mut usage = Usage::default();
    for task in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let task = task.ok()?.path();
        let status = fs::read_to_string(task.join("status")).ok()?;
        let wakes = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        usage.wakes += wakes.trim().parse::<u64>().ok()?;
        // After the name in brackets: state is the first field, user and system time the 12th and 13th.
        let stat = fs::read_to_string(task.join("stat")).ok()?;
        let times = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
        usage.ticks += times.filter_map(|time| time.parse::<u64>().ok()).sum::<u64>();
    }
    Some(usage)
}

/// The first line that a command prints.
pub(crate) fn first_line(words: &[&str]) -> Option<String> {
    let output = Command::new(words[0]).args(&words[1..]).output().ok()?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    Some(String::from_utf8_lossy(&text).lines().next()?.trim().to_owned())
}

/// The machine in one line.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let system = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    });
    let kernel = first_line(&["uname", "-srm"]).unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
    format!(
        "{cores} cores, {}, {kernel}, load {load} at the start",
        system.unwrap_or_else(|| "unknown system".into())
    )
}
