//! Ctrl-C: once, the run ends after what is going on; twice, at once; a third time, whatever hangs.

use std::sync::atomic::{AtomicBool, Ordering};

use infra_engine::error::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::{Interrupt, exit};

/// Whether the user has pressed Ctrl-C in the life of this process; open questions end by it.
static WANTED: AtomicBool = AtomicBool::new(false);

/// Whether the user wants the run to end.
pub(crate) fn is_wanted() -> bool {
    WANTED.load(Ordering::SeqCst)
}

/// Passes on Ctrl-C, and the signals by which a run is asked to end, for the life of the process.
pub(crate) fn watch(interrupt: Interrupt) -> Result<(), Error> {
    let trouble =
        |error: std::io::Error| Error::usage(format!("cannot listen for signals: {error}"));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(trouble)?;
    let (keyboard, terminate, hangup) = {
        let _inside = runtime.enter();
        (
            signal(SignalKind::interrupt()).map_err(trouble)?,
            signal(SignalKind::terminate()).map_err(trouble)?,
            signal(SignalKind::hangup()).map_err(trouble)?,
        )
    };
    std::thread::spawn(move || runtime.block_on(follow(&interrupt, [keyboard, terminate, hangup])));
    Ok(())
}

async fn follow(interrupt: &Interrupt, [mut keyboard, mut terminate, mut hangup]: [Signal; 3]) {
    let mut times = 0;
    loop {
        tokio::select! {
            _ = keyboard.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        times += 1;
        WANTED.store(true, Ordering::SeqCst);
        match times {
            1 => {
                crate::commands::say(
                    "\ninterrupted: waiting for what is going on; Ctrl-C again ends it at once\n",
                );
                interrupt.stop();
            }
            2 => interrupt.kill(),
            _ => leave(),
        }
    }
}

#[expect(clippy::exit, reason = "the user has asked three times")]
fn leave() {
    std::process::exit(i32::from(exit::INTERRUPTED));
}
