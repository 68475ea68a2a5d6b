//! What a power loss leaves: the server's own writes, replayed up to an answer, what was not synced dropped or torn.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the replay; its tool says more.
fn replay(images: u32, seconds: u32, more: &[&str]) -> Output {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/powerloss.py");
    Command::new("python3")
        .arg(tool)
        .arg(env!("CARGO_BIN_EXE_wangge"))
        .args(["--images", &images.to_string(), "--seconds", &seconds.to_string()])
        .args(more)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_power_loss_loses_no_report_that_was_answered() {
    let soak = std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1");
    let output = if soak { replay(2_000, 20, &[]) } else { replay(100, 2, &[]) };
    println!("{}", said(&output));
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn without_the_syncs_that_normal_leaves_out_it_would() {
    let output = replay(100, 2, &["--normal"]);
    println!("{}", said(&output));
    assert!(output.status.success(), "{}", said(&output));
}
