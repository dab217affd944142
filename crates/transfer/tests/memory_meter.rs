//! The memory of a piece of work, in a process of its own.

#![cfg(target_os = "linux")]

use transfer::MemoryMeter;

#[test]
fn a_meter_sees_what_was_taken_and_not_what_was_given_back() {
    let filled = |megabytes: usize| std::hint::black_box(vec![1_u8; megabytes << 20]);
    drop(filled(300));
    let Some(nothing) = MemoryMeter::start().peak() else {
        return println!("skipped: this system does not let the highest mark be reset");
    };
    assert!(nothing < 50 << 20, "{nothing}");
    let meter = MemoryMeter::start();
    drop(filled(200));
    let peak = meter.peak().unwrap();
    // The system counts by the handful of pages.
    assert!((190 << 20..250 << 20).contains(&peak), "{peak}");
}
