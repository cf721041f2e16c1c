//! Which module names which, read out of the sources, and the circles in that.
//!
//! A path is followed to the module that makes the name, through the `use` of every module on its way: what a parent only
//! hands on does not hide who needs whom. What comes through `use super::*` is not followed.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter::Peekable,
    path::Path,
};

/// A module or a name in it, from the root of the crate.
type Name = Vec<String>;

/// Modules, by name, with what each names.
pub(super) struct Modules {
    /// Every path that a module's code spells out, from the root.
    named: BTreeMap<Name, Vec<Name>>,
    /// Names that a module brings in by `use`, and where they come from.
    brought: BTreeMap<Name, BTreeMap<String, Name>>,
}

impl Modules {
    /// Reads the code of modules: the file below `src`, and its text without comments and tests.
    pub(super) fn read<'a>(files: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Self {
        let files: BTreeMap<Name, &str> =
            files.into_iter().map(|(path, code)| (module(path), code)).collect();
        let mut modules = Self { named: BTreeMap::new(), brought: BTreeMap::new() };
        for (module, code) in &files {
            let is_child = |first: &str| {
                let child: Name = module.iter().cloned().chain([first.to_owned()]).collect();
                files.contains_key(&child)
            };
            let mut named = Vec::new();
            let brought = modules.brought.entry(module.clone()).or_default();
            for (path, alias) in paths(code, is_child) {
                let path = from_root(module, &path);
                if let (Some(alias), true) = (alias, path.len() > 1) {
                    brought.insert(alias, path.clone());
                }
                named.push(path);
            }
            modules.named.insert(module.clone(), named);
        }
        modules
    }

    /// The module that makes a name; none for one of another crate.
    fn maker(&self, path: &Name) -> Option<Name> {
        let mut path = path.clone();
        // Each round goes one `use` further; none is that long.
        for _ in 0..16 {
            let at = (1..=path.len()).rev().find(|at| self.named.contains_key(&path[..*at]))?;
            let handed_on = path.get(at).and_then(|name| self.brought[&path[..at]].get(name));
            match handed_on {
                Some(from) => path = from.iter().chain(&path[at + 1..]).cloned().collect(),
                None => return Some(path[..at].to_vec()),
            }
        }
        None
    }

    /// The parts of a room, each with its own children, and which other parts of the room each of them names.
    pub(super) fn parts(&self, room: &Name) -> BTreeMap<String, BTreeSet<String>> {
        let part =
            |module: &Name| module.starts_with(room).then(|| module.get(room.len()).cloned()).flatten();
        let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, named) in &self.named {
            let Some(from) = part(module) else { continue };
            let to = named.iter().filter_map(|path| part(&self.maker(path)?)).filter(|to| *to != from);
            parts.entry(from.clone()).or_default().extend(to);
        }
        parts
    }

    /// Parts of a room that name what its roof (`room.rs`) makes itself, and not only what it hands on.
    pub(super) fn under(&self, room: &Name) -> Vec<String> {
        let is_inside = |module: &Name| module.starts_with(room) && module.len() > room.len();
        let inside = self.named.iter().filter(|(module, _)| is_inside(module));
        inside
            .filter(|(_, named)| {
                named.iter().any(|path| path != room && self.maker(path).as_ref() == Some(room))
            })
            .map(|(module, _)| format!("{} names its roof", module.join("/")))
            .collect()
    }

    /// Parts of a room, or of a room in it, that name each other in a circle.
    pub(super) fn circles(&self, room: &Name) -> Vec<String> {
        let parts = self.parts(room);
        let mut found = Vec::new();
        for start in parts.keys() {
            let reached = reached(&parts, start);
            if reached.contains(start) {
                let others: Vec<&String> =
                    reached.iter().filter(|other| self::reached(&parts, other).contains(start)).collect();
                found.push(format!("{}: {start} is in a circle of {others:?}", room.join("/")));
            }
            let inner: Name = room.iter().chain([start]).cloned().collect();
            found.extend(self.circles(&inner));
        }
        found
    }
}

/// Everything that a part names, and what that names, and so on.
fn reached(parts: &BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(part) = open.pop() {
        for next in parts.get(part).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    reached
}

/// "a/b" as a name.
pub(super) fn name(room: &str) -> Name {
    room.split('/').map(str::to_owned).collect()
}

/// The module in a file below `src`.
fn module(file: &Path) -> Name {
    file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// A path as spelled in a module, from the root.
fn from_root(module: &Name, path: &Name) -> Name {
    let mut whole = module.clone();
    for (at, word) in path.iter().enumerate() {
        match word.as_str() {
            "crate" => whole.clear(),
            "super" => drop(whole.pop()),
            "self" if at == 0 => {}
            word => whole.push(word.to_owned()),
        }
    }
    whole
}

/// The paths in a module's code that lead to modules of this crate, with the name that each brings in where it stands in
/// a `use`.
fn paths(code: &str, is_child: impl Fn(&str) -> bool) -> Vec<(Name, Option<String>)> {
    let words = words(code);
    let mut found = Vec::new();
    let mut words = words.iter().copied().peekable();
    let mut before = "";
    while let Some(word) = words.next() {
        let starts = |word: &str| matches!(word, "crate" | "super" | "self");
        if word == "use" {
            let mut tree = Vec::new();
            read_tree(&mut words, &mut Vec::new(), &mut tree);
            for (path, alias) in tree {
                let first = path.first().map_or("", String::as_str);
                if starts(first) {
                    found.push((path, Some(alias)));
                } else if is_child(first) {
                    found.push(([vec!["self".to_owned()], path].concat(), Some(alias)));
                }
            }
        } else if starts(word) && before != "::" && words.peek() == Some(&"::") {
            let mut path = vec![word.to_owned()];
            while words.next_if_eq(&"::").is_some() {
                let Some(next) = words.next_if(|next| is_word(next)) else { break };
                path.push(next.to_owned());
            }
            found.push((path, None));
        }
        before = word;
    }
    found
}

/// Reads the tree of a `use`: every path in it, and the name that it brings in.
fn read_tree<'a>(
    words: &mut Peekable<impl Iterator<Item = &'a str>>,
    stem: &mut Name,
    into: &mut Vec<(Name, String)>,
) {
    let depth = stem.len();
    while let Some(word) = words.next_if(|word| is_word(word)) {
        stem.push(word.to_owned());
        if words.next_if_eq(&"::").is_none() {
            break;
        }
    }
    if words.next_if_eq(&"{").is_some() {
        while words.peek().is_some_and(|word| *word != "}") {
            read_tree(words, stem, into);
            if words.next_if_eq(&",").is_none() {
                break;
            }
        }
        let _closed = words.next_if_eq(&"}");
    } else {
        let _glob = words.next_if_eq(&"*");
        let mut path = stem.clone();
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let mut alias = path.last().cloned().unwrap_or_default();
        if words.next_if_eq(&"as").is_some() {
            words.next().unwrap_or_default().clone_into(&mut alias);
        }
        into.push((path, alias));
    }
    stem.truncate(depth);
}

/// Whether a word is a name, and not a sign.
fn is_word(word: &str) -> bool {
    word != "as" && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Code as names, `::`, and single signs.
fn words(code: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let long = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        words.push(&rest[..long]);
        rest = rest[long..].trim_start();
    }
    words
}

#[test]
fn a_circle_is_found_however_it_is_spelled() {
    let circles = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(file, code)| (Path::new(*file), *code));
        Modules::read(files).circles(&name("room")).len()
    };
    let room = ("room.rs", "mod a; mod b; pub use self::{a::Ours, b as other}; struct Room;");
    let free = ("room/a.rs", "use super::{Room, b}; struct Ours;");
    assert_eq!(circles(&[room, free, ("room/b.rs", "use super::Room;")]), 0, "a parent is no circle");
    for back in [
        "use super::a;",
        "use super::{Room, a::{self}};",
        "use crate::{domain::x, room::a::Ours as Theirs};",
        "fn f() { super::a::g() }",
        "use super::Ours;",
        "fn f(x: super::Ours) {}",
    ] {
        assert_eq!(circles(&[room, free, ("room/b.rs", back)]), 2, "{back}");
    }
    // The roof's own names are seen, and what it only hands on is not its own.
    let named_roof = |low: &str| {
        let files = [room, ("room/a.rs", "struct Ours;"), ("room/b.rs", low)];
        let files = files.iter().map(|(file, code)| (Path::new(*file), *code));
        Modules::read(files).under(&name("room")).len()
    };
    assert_eq!(named_roof("use super::Room;"), 1);
    assert_eq!(named_roof("use super::{Ours, a::Ours as Mine};"), 0);
    // A child stands for its parent, and a room in the room is looked through as well.
    let child = ("room/b/inner.rs", "use super::super::a::Ours;");
    assert_eq!(circles(&[room, free, ("room/b.rs", "mod inner; use self::inner::X;"), child]), 2);
    let (x, y) = (("room/b/x.rs", "use super::y;"), ("room/b/y.rs", "fn f() { super::x::g() }"));
    assert_eq!(circles(&[room, free, ("room/b.rs", "mod x; mod y; use x::X;"), x, y]), 2);
}
