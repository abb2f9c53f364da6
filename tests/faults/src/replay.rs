//! A disk that forgets: replays what a process wrote up to some point, and cuts the power there. What was synced is there;
//! of the rest, some is.

use std::collections::BTreeMap;
use std::path::Path;

use wayside_seal::random;

/// One call of the log, see `shim/faults.c`.
pub(crate) struct Call {
    op: u8,
    name: String,
    offset: u64,
    bytes: Vec<u8>,
}

/// What becomes of what was not synced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cut {
    /// All of it is lost.
    Lost,
    /// Any part of it is there, in any order.
    Reordered,
    /// As before, and writes stop in the middle, at multiples of 512 bytes.
    Torn,
}

impl Call {
    /// What somebody sees who watches the files: which, where and how much. Names of keys begin with what is drawn for each
    /// vault, and the decoy's files lie in a folder of their own.
    pub(crate) fn told(&self, root: &Path) -> String {
        if self.op == b'A' {
            return format!("A {}", String::from_utf8_lossy(&self.bytes).trim_end());
        }
        let plain = |name: &str| {
            let below = Path::new(name).strip_prefix(root).unwrap_or(Path::new(name)).to_string_lossy().into_owned();
            match below.split_once("keys/").and_then(|(_, key)| key.split_once('.')) {
                Some((_, key)) => format!("keys/{}", crate::keys::alike(key)),
                None => below.replace("vault/other", "vault"),
            }
        };
        let len =
            if self.op == b'R' { plain(&String::from_utf8_lossy(&self.bytes)) } else { self.bytes.len().to_string() };
        let name = plain(&self.name);
        // Sectors of the head are written in turn; which one comes next is by the commits so far, on every path.
        let place = if name == "vault/head" { self.offset % 512 } else { self.offset };
        format!("{} {name} {place} {len}", self.op as char)
    }
}

pub(crate) fn read_log(bytes: &[u8]) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut rest = bytes;
    while let Some((&op, after)) = rest.split_first() {
        let (len, after) = after.split_first_chunk().unwrap();
        let (name, after) = after.split_at(u32::from_le_bytes(*len) as usize);
        let (offset, after) = after.split_first_chunk().unwrap();
        let (len, after) = after.split_first_chunk().unwrap();
        let (data, after) = after.split_at(u64::from_le_bytes(*len) as usize);
        let name = String::from_utf8_lossy(name).into_owned();
        calls.push(Call { op, name, offset: u64::from_le_bytes(*offset), bytes: data.to_vec() });
        rest = after;
    }
    calls
}

/// Lines that were acknowledged within these calls.
pub(crate) fn acknowledged(calls: &[Call]) -> Vec<String> {
    let said: Vec<u8> = calls.iter().filter(|call| call.op == b'A').flat_map(|call| call.bytes.clone()).collect();
    String::from_utf8_lossy(&said).lines().map(str::to_owned).collect()
}

#[derive(Default, Clone)]
struct Inode {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Clone)]
enum Naming {
    Give(String, usize),
    Take(String),
}

/// The disk: files by number, and the names that lead to them, as they are and as they were last synced.
#[derive(Default, Clone)]
pub(crate) struct Disk {
    inodes: Vec<Inode>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// By folder.
    pending_names: BTreeMap<String, Vec<Naming>>,
}

impl Disk {
    /// With the files of a folder, all durable.
    pub(crate) fn of(root: &Path) -> Self {
        let mut disk = Self::default();
        for path in crate::place::files(root) {
            let number = disk.inodes.len();
            disk.inodes.push(Inode { durable: std::fs::read(&path).unwrap(), pending: Vec::new() });
            disk.names.insert(path.to_string_lossy().into_owned(), number);
        }
        disk.durable_names = disk.names.clone();
        disk
    }

    pub(crate) fn apply(&mut self, call: &Call) {
        match call.op {
            b'C' => {
                let number = self.inodes.len();
                self.inodes.push(Inode::default());
                self.names.insert(call.name.clone(), number);
                self.naming(&call.name, Naming::Give(call.name.clone(), number));
            }
            b'W' => self.change(&call.name, Change::Write(call.offset, call.bytes.clone())),
            b'T' => self.change(&call.name, Change::Truncate(call.offset)),
            b'R' => {
                let to = String::from_utf8_lossy(&call.bytes).into_owned();
                if let Some(number) = self.names.remove(&call.name) {
                    self.names.insert(to.clone(), number);
                    self.naming(&to, Naming::Give(to.clone(), number));
                    self.naming(&call.name, Naming::Take(call.name.clone()));
                }
            }
            b'U' => self.unlink(&call.name),
            b'S' => match self.names.get(&call.name) {
                Some(&number) => {
                    let inode = &mut self.inodes[number];
                    for change in std::mem::take(&mut inode.pending) {
                        change.apply(&mut inode.durable);
                    }
                }
                // A folder.
                None => {
                    for naming in self.pending_names.remove(&call.name).unwrap_or_default() {
                        naming.apply(&mut self.durable_names);
                    }
                }
            },
            _ => {}
        }
    }

    /// Cuts the power, and writes what is left below `root`, under which the names were made.
    pub(crate) fn cut(mut self, cut: Cut, made_under: &Path, root: &Path, dice: &mut Dice) {
        for (_, namings) in std::mem::take(&mut self.pending_names) {
            for naming in namings {
                if cut != Cut::Lost && dice.roll(2) == 0 {
                    naming.apply(&mut self.durable_names);
                }
            }
        }
        for (name, number) in &self.durable_names {
            let inode = &self.inodes[*number];
            let mut bytes = inode.durable.clone();
            for change in &inode.pending {
                if cut == Cut::Lost || dice.roll(2) == 0 {
                    continue;
                }
                match change {
                    Change::Write(at, data) if cut == Cut::Torn && data.len() > 512 => {
                        let kept = dice.roll(data.len() / 512 + 1) * 512;
                        Change::Write(*at, data[..kept].to_vec()).apply(&mut bytes);
                    }
                    change => change.clone().apply(&mut bytes),
                }
            }
            let path = root.join(Path::new(name).strip_prefix(made_under).unwrap());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    fn change(&mut self, name: &str, change: Change) {
        // A file that was unlinked while it was open has no name any more, and nobody can find it after a cut.
        if let Some(&number) = self.names.get(name) {
            self.inodes[number].pending.push(change);
        }
    }

    fn unlink(&mut self, name: &str) {
        if self.names.remove(name).is_some() {
            self.naming(name, Naming::Take(name.to_owned()));
        }
    }

    fn naming(&mut self, name: &str, naming: Naming) {
        let folder = Path::new(name).parent().unwrap().to_string_lossy().into_owned();
        self.pending_names.entry(folder).or_default().push(naming);
    }
}

impl Change {
    fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => {
                let at = at as usize;
                if bytes.len() < at + data.len() {
                    bytes.resize(at + data.len(), 0);
                }
                bytes[at..at + data.len()].copy_from_slice(&data);
            }
            Self::Truncate(len) => bytes.resize(len as usize, 0),
        }
    }
}

impl Naming {
    fn apply(self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Give(name, number) => drop(names.insert(name, number)),
            Self::Take(name) => drop(names.remove(&name)),
        }
    }
}

/// Numbers that come again with the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    /// Below `sides`. Marsaglia's xorshift64 with his first triple.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
    /// Another each time.
    pub(crate) fn fresh() -> Self {
        Self::new(u64::from_le_bytes(random::bytes().unwrap()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(op: u8, name: &str, bytes: &[u8]) -> Call {
        Call { op, name: format!("/root/{name}"), offset: 0, bytes: bytes.to_vec() }
    }

    /// What is left of a file that was written, renamed, and synced as far as `calls` go.
    fn left(calls: &[Call], name: &str) -> Option<Vec<u8>> {
        let mut disk = Disk::default();
        calls.iter().for_each(|call| disk.apply(call));
        let after = crate::place::folder();
        disk.cut(Cut::Lost, Path::new("/root"), after.path(), &mut Dice::new(1));
        std::fs::read(after.path().join(name)).ok()
    }

    #[test]
    fn only_what_was_synced_is_left() {
        let folder = Call { op: b'S', name: "/root".to_owned(), offset: 0, bytes: Vec::new() };
        let mut calls = vec![call(b'C', "new", b""), call(b'W', "new", b"bytes")];
        assert_eq!(left(&calls, "new"), None);
        calls.extend([call(b'S', "new", b""), call(b'R', "new", b"/root/file")]);
        assert_eq!((left(&calls, "new"), left(&calls, "file")), (None, None));
        calls.push(folder);
        assert_eq!((left(&calls, "new"), left(&calls, "file")), (None, Some(b"bytes".to_vec())));
        calls.push(call(b'U', "file", b""));
        assert_eq!(left(&calls, "file"), Some(b"bytes".to_vec()), "the unlink was not synced");
    }
}
