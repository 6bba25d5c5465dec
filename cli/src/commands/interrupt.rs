//! Ctrl-C: once, the run ends after what is going on; twice, at once; a third time, whatever hangs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use infra_engine::error::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::{Interrupt, exit};

/// What Ctrl-C ends.
static STATE: Mutex<State> = Mutex::new(State { run: None, times: 0, is_watching: false });

struct State {
    /// The run that is going on.
    run: Option<Interrupt>,
    /// How often the user has wanted it to end.
    times: u32,
    is_watching: bool,
}

/// A run that Ctrl-C ends, until this is dropped. With no run, the process ends.
pub(crate) struct Watched(());

impl Drop for Watched {
    fn drop(&mut self) {
        state().run = None;
    }
}

/// Whether the user wants the run to end; open questions end by it.
pub(crate) fn is_wanted() -> bool {
    state().times > 0
}

/// Passes on Ctrl-C, and the signals by which a run is asked to end.
pub(crate) fn watch(interrupt: Interrupt) -> Result<Watched, Error> {
    let mut state = state();
    if !state.is_watching {
        listen()?;
    }
    *state = State { run: Some(interrupt), times: 0, is_watching: true };
    Ok(Watched(()))
}

/// Starts the thread that hears signals, for the life of the process.
fn listen() -> Result<(), Error> {
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
    std::thread::spawn(move || runtime.block_on(follow([keyboard, terminate, hangup])));
    Ok(())
}

async fn follow([mut keyboard, mut terminate, mut hangup]: [Signal; 3]) {
    loop {
        tokio::select! {
            _ = keyboard.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        let (run, times) = {
            let mut state = state();
            state.times += 1;
            (state.run.clone(), state.times)
        };
        match (run, times) {
            (Some(run), 1) => {
                crate::commands::say(
                    "\ninterrupted: waiting for what is going on; Ctrl-C again ends it at once\n",
                );
                run.stop();
            }
            (Some(run), 2) => run.kill(),
            _ => leave(),
        }
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::exit, reason = "the user has asked three times, or nothing is going on")]
fn leave() {
    std::process::exit(i32::from(exit::INTERRUPTED));
}
