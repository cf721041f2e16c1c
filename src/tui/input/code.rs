//! Keys that a terminal tells by number: the ends of `CSI …`, among them kitty's `CSI code ; mods u` and xterm's
//! modifyOtherKeys, and the application keypad behind `ESC O`.
//!
//! None of these modes is ever switched on here; a program that was killed may have left them on. Pure.

use super::Press;

/// Longest parameter part of a sequence that is looked at; longer ones are unknown ones. kitty's longest form of a key
/// that has a meaning here: `97:65:97;133:1;97:776`.
pub(super) const MAX_PARAMETERS: usize = 32;

/// The modifiers of xterm and kitty, as bits of the parameter less one.
mod bit {
    /// Shift.
    pub(super) const SHIFT: u32 = 1;
    /// Ctrl.
    pub(super) const CTRL: u32 = 4;
    /// Alt, Super, Hyper, Meta: none of them exists here.
    pub(super) const OTHERS: u32 = 2 | 8 | 16 | 32;
    /// Caps Lock is on.
    pub(super) const CAPS: u32 = 64;
}

/// What a whole CSI sequence presses; nothing: not a key that we know, or one that was let go.
pub(super) fn keys(parameters: &[u8], last: u8) -> Vec<Press> {
    let is_known = |b: &u8| matches!(b, b'0'..=b'9' | b';' | b':');
    if parameters.len() > MAX_PARAMETERS || !parameters.iter().all(is_known) {
        return Vec::new();
    }
    let parameters = String::from_utf8_lossy(parameters);
    let number = |field, at| parameters.split(';').nth(field)?.split(':').nth(at)?.parse::<u32>().ok();
    if number(1, 1) == Some(RELEASE) {
        return Vec::new();
    }
    let (code, shifted) = (number(0, 0), number(0, 1));
    let modifiers = number(1, 0).unwrap_or(1).saturating_sub(1);
    let press = match (last, code.unwrap_or_default()) {
        (b'u', code) => {
            let text: Vec<char> = (0..).map_while(|at| number(2, at)).filter_map(char::from_u32).collect();
            if !text.is_empty() && modifiers & (bit::CTRL | bit::OTHERS) == 0 {
                return text.into_iter().filter(|c| !c.is_control()).map(Press::Char).collect();
            }
            // Ctrl with a letter of another alphabet: the letter at that place of the usual keyboard.
            let base = number(0, 2).filter(|_| modifiers & bit::CTRL != 0);
            key(base.unwrap_or(code), shifted, modifiers)
        }
        // modifyOtherKeys: the number 27, then the modifiers, then the character.
        (b'~', 27) => number(2, 0).and_then(|code| key(code, Some(code), modifiers)),
        (b'~', code) => tilde(code),
        (last, _) => letter(last),
    };
    press.into_iter().collect()
}

/// kitty's number for a key that was let go.
const RELEASE: u32 = 3;

/// A key by its Unicode number or kitty's number for it.
fn key(code: u32, shifted: Option<u32>, modifiers: u32) -> Option<Press> {
    if modifiers & bit::OTHERS != 0 {
        return None;
    }
    let place = |first: u32| usize::try_from(code - first).unwrap_or(usize::MAX);
    match code {
        // The keys of the keypad (kitty's table of functional keys).
        57_399..=57_416 => character("0123456789./*-+\r=,".chars().nth(place(57_399))?, None, 0),
        // The keypad with Num Lock off (Insert is no key here), told as the ends of the sequences that move.
        57_417..=57_426 => match b"DCAB56HF~3".get(place(57_417))? {
            digit @ b'3'..=b'6' => tilde(u32::from(digit - b'0')),
            last => letter(*last),
        },
        // The rest of Unicode's private use area: lock keys, media keys, the modifiers themselves.
        57_344..=63_743 => None,
        9 if modifiers & bit::SHIFT != 0 => Some(Press::BackTab),
        _ => character(char::from_u32(code)?, shifted.and_then(char::from_u32), modifiers),
    }
}

/// A key that has a character.
fn character(c: char, shifted: Option<char>, modifiers: u32) -> Option<Press> {
    match c {
        '\r' | '\n' => return Some(Press::Enter),
        '\t' => return Some(Press::Tab),
        '\x1b' => return Some(Press::Esc),
        '\x7f' | '\x08' => return Some(Press::Backspace),
        c if c.is_control() => return None,
        c if modifiers & bit::CTRL != 0 => return control(c.to_ascii_lowercase()),
        _ => {}
    }
    let (has_shift, has_caps) = (modifiers & bit::SHIFT != 0, modifiers & bit::CAPS != 0);
    let shifted = shifted.filter(|shifted| has_shift && !shifted.is_control());
    let upper = || c.to_uppercase().next().filter(|_| has_shift != has_caps);
    Some(Press::Char(shifted.or_else(upper).unwrap_or(c)))
}

/// Ctrl with a character, the same as the byte that every other terminal sends for it.
const fn control(c: char) -> Option<Press> {
    Some(match c {
        'h' => Press::Backspace,
        'i' => Press::Tab,
        'j' | 'm' => Press::Enter,
        '[' => Press::Esc,
        'a'..='z' | '\\' | ']' | '^' | '_' => Press::Ctrl(c),
        _ => return None,
    })
}

/// F1 is another name for Ctrl-G. xterm ends it in `P`, `PuTTY` and rxvt in the number 11, the Linux console in `[A`.
pub(super) const F1: Press = Press::Ctrl('g');

/// The keys that end in a tilde, by their number.
const fn tilde(code: u32) -> Option<Press> {
    match code {
        1 | 7 => Some(Press::Home),
        3 => Some(Press::Delete),
        4 | 8 => Some(Press::End),
        5 => Some(Press::PageUp),
        6 => Some(Press::PageDown),
        11 => Some(F1),
        _ => None,
    }
}

/// The keys that end in a letter, after `ESC [` and after `ESC O`.
pub(super) const fn letter(last: u8) -> Option<Press> {
    match last {
        b'A' => Some(Press::Up),
        b'B' => Some(Press::Down),
        b'C' => Some(Press::Right),
        b'D' => Some(Press::Left),
        b'F' => Some(Press::End),
        b'H' => Some(Press::Home),
        b'P' => Some(F1),
        b'Z' => Some(Press::BackTab),
        _ => None,
    }
}

/// The keypad after `ESC O`, in application mode: `PuTTY`'s usual one, xterm's on request.
pub(super) const fn keypad(last: u8) -> Option<Press> {
    Some(match last {
        b'M' => Press::Enter,
        b'I' => Press::Tab,
        b' ' => Press::Char(' '),
        b'X' => Press::Char('='),
        // `*` to `9` stand 64 places before `j` to `y`.
        b'j'..=b'y' => Press::Char((last - 64) as char),
        _ => return letter(last),
    })
}
