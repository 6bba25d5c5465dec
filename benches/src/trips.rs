//! Exact round trips, whatever the load: a proxy that passes on what both sides said only once both are quiet.
//!
//! Each delivery is half a round trip. TCP's own handshake counts as one. A command that stays quiet on the host
//! for longer than [`QUIET`] and then goes on is not counted twice, because the other side says nothing meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

use crate::Outcome;
use crate::measure::say;

/// How long a side must have said nothing until it is taken to wait for the other.
const QUIET: Duration = Duration::from_millis(40);

pub(crate) fn run(target: &str, port: &str, command: &[&str]) -> Outcome {
    let port: u16 = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let target = target.to_owned();
    runtime.block_on(async move {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let (program, arguments) = command.split_first().ok_or("there is no command")?;
        let mut child = Command::new(program).args(arguments).spawn()?;
        let mut counts: Vec<Arc<AtomicU32>> = Vec::new();
        let status = loop {
            tokio::select! {
                status = child.wait() => break status?,
                accepted = listener.accept() => {
                    let count = Arc::new(AtomicU32::new(0));
                    counts.push(Arc::clone(&count));
                    tokio::spawn(proxy(accepted?.0, target.clone(), count));
                }
            }
        };
        for count in counts {
            let halves = f64::from(count.load(Ordering::Relaxed));
            say(&format!("{:.1} round trips", halves / 2.0 + 1.0));
        }
        if status.success() { Ok(()) } else { Err(format!("the command ended: {status}").into()) }
    })
}

/// Carries one connection; `count` is the deliveries up to the last thing that the host said.
async fn proxy(client: TcpStream, target: String, count: Arc<AtomicU32>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let (mut up, mut down) = (pieces(from_client), pieces(from_server));
    let mut deliveries = 0;
    loop {
        let (mut upwards, mut downwards) = (Vec::new(), Vec::new());
        tokio::select! {
            piece = up.recv() => match piece { Some(piece) => upwards = piece, None => return },
            piece = down.recv() => match piece { Some(piece) => downwards = piece, None => return },
        }
        // Until nothing has come from either side for a while.
        while let Ok(more) = timeout(QUIET, either(&mut up, &mut down)).await {
            match more {
                Some((true, piece)) => upwards.extend(piece),
                Some((false, piece)) => downwards.extend(piece),
                None => break,
            }
        }
        deliveries += 1;
        if !downwards.is_empty() {
            count.store(deliveries, Ordering::Relaxed);
        }
        if deliver(&mut to_server, &upwards).await.is_none()
            || deliver(&mut to_client, &downwards).await.is_none()
        {
            return;
        }
    }
}

/// The next piece of either side, and whether it goes up; nothing when one has hung up.
async fn either(
    up: &mut Receiver<Vec<u8>>,
    down: &mut Receiver<Vec<u8>>,
) -> Option<(bool, Vec<u8>)> {
    tokio::select! {
        piece = up.recv() => piece.map(|it| (true, it)),
        piece = down.recv() => piece.map(|it| (false, it)),
    }
}

/// What one side says, until it hangs up.
fn pieces(mut from: OwnedReadHalf) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel(64);
    tokio::spawn(async move {
        let mut buffer = vec![0_u8; 65536];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let piece = buffer.get(..length).unwrap_or_default().to_vec();
            if sender.send(piece).await.is_err() {
                return;
            }
        }
    });
    receiver
}

async fn deliver(to: &mut OwnedWriteHalf, bytes: &[u8]) -> Option<()> {
    to.write_all(bytes).await.ok()
}
