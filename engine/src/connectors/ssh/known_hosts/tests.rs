//! Lines of `known_hosts`, and which of them speak of a host.

use std::path::Path;

use super::{Index, KnownHosts, Marker, name_at};

const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHx2mFbeQTkL1x6hUZ+aXhKyUVlxo7GGjWth74kSV4xc";
const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2Je//XhtzNXXllgK3sot1KXNxA3E/razpYlUrfN17k";
const C: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIPwkUtOxSogd5mhq77iymVekZJ5nBapSGX0CxmkGRD1";
/// `hashed.example.net` and `[hashed.example.net]:2222`, as `ssh-keygen -H` writes them.
const HASHED: &str = "|1|1DGDGuNMO2cNXbQDbbrbE7YUGVc=|pRK5GY9gHo0mhKop0Xfu+uGdQGg=";
const HASHED_PORT: &str = "|1|Tg5waYKKnrmfZNL/NEtShkJ3hiU=|bUnh8ZX1wrmPiA0dhLUXlkhq0K0=";

fn file() -> String {
    [
        "# a comment".to_owned(),
        String::new(),
        format!("web1,10.0.0.1 {A} with a comment"),
        format!("WEB1\t{B}"),
        format!("[web1]:2222 {C}"),
        "web1 ssh-ed25519 not-base64".to_owned(),
        "web1 ssh-unheard-of AAAA".to_owned(),
        "web1".to_owned(),
        format!("@unheard-of web1 {A}"),
        format!("*.example.net,!db.example.net {A}"),
        format!("{HASHED} {B}"),
        format!("{HASHED_PORT} {C}"),
        format!("@cert-authority *.example.net {C}"),
        format!("@revoked\t*\t{C}"),
        format!("2001:db8::1 {A}"),
        format!("|1|broken {A}"),
    ]
    .join("\n")
}

#[test]
fn every_line_speaks_of_the_hosts_it_names() {
    let index = Index::parse(&file(), Path::new("/known_hosts"));
    for (host, port, expected) in [
        ("web1", 22, vec![3, 4, 14]),
        ("Web1", 22, vec![3, 4, 14]),
        ("10.0.0.1", 22, vec![3, 14]),
        ("web1", 2222, vec![5, 14]),
        ("web2", 22, vec![14]),
        ("app.example.net", 22, vec![10, 13, 14]),
        ("db.example.net", 22, vec![13, 14]),
        ("hashed.example.net", 22, vec![10, 11, 13, 14]),
        ("hashed.example.net", 2222, vec![12, 14]),
        ("2001:db8::1", 22, vec![14, 15]),
    ] {
        let found = index.find(&name_at(host, port));
        let lines: Vec<usize> = found.iter().map(|entry| entry.line).collect();
        assert_eq!(lines, expected, "{host} port {port}");
    }
    let markers: Vec<Marker> =
        index.find("app.example.net").iter().map(|entry| entry.marker).collect();
    assert_eq!(markers, [Marker::Host, Marker::Authority, Marker::Revoked]);
}

#[test]
fn a_new_key_is_written_once_and_found_again() {
    let folder = std::env::temp_dir().join(format!("infra-known-hosts-{}", std::process::id()));
    let path = folder.join("new").join("known_hosts");
    let key = russh::keys::PublicKey::from_openssh(A).unwrap();
    let known = KnownHosts::default();
    let paths = [path.clone()];
    assert!(known.find(&paths, "web1").is_empty());
    known.add(&path, "web1", &key, false).unwrap();
    known.add(&path, "web1", &key, false).unwrap();
    known.add(&path, "web2", &key, true).unwrap();
    assert_eq!(known.find(&paths, "web1").len(), 1);

    let text = std::fs::read_to_string(&path).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    assert_eq!(first, format!("web1 {A}"));
    assert!(second.starts_with("|1|") && !second.contains("web2"), "{second}");
    let again = KnownHosts::default();
    assert_eq!(again.find(&paths, "web1").len(), 1);
    assert_eq!(again.find(&paths, "web2").len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    std::fs::remove_dir_all(folder).unwrap();
}
