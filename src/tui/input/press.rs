//! What a terminal's bytes mean to the program.

/// One key, as far as every terminal can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Press {
    /// A printable character.
    Char(char),
    /// A control letter, in lower case: `c` for Ctrl-C, `\\` for Ctrl-\.
    Ctrl(char),
    /// Enter, Ctrl-J, Ctrl-M.
    Enter,
    /// Esc alone.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace: 0x7F or 0x08.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

impl Press {
    /// The key of a character of text, of which Tab and Enter are two.
    pub(super) const fn of_text(c: char) -> Self {
        match c {
            '\t' => Self::Tab,
            '\n' => Self::Enter,
            c => Self::Char(c),
        }
    }

    /// The character of text that it types.
    pub(super) const fn text(self) -> Option<char> {
        match self {
            Self::Char(c) => Some(c),
            Self::Tab => Some('\t'),
            Self::Enter => Some('\n'),
            _ => None,
        }
    }
}

/// What came from the terminal. Debug tells pasted text by its length only: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Press),
    /// Text without an Enter that came in one read: in a field the same as its keys. Outside of one nobody meant so many
    /// commands at once.
    Typed(String),
    /// Pasted text; line breaks are `\n`, other control characters are U+FFFD.
    Paste(String),
    /// So many bytes were pasted at once that none of them was kept.
    Flood(usize),
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(Press::Char(_)) => f.write_str("Key(1 character)"),
            Self::Key(press) => f.debug_tuple("Key").field(press).finish(),
            Self::Typed(text) => write!(f, "Typed({} bytes)", text.len()),
            Self::Paste(text) => write!(f, "Paste({} bytes)", text.len()),
            Self::Flood(bytes) => write!(f, "Flood({bytes} bytes)"),
        }
    }
}
