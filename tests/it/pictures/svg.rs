//! A screen as a picture: one SVG whose columns stay where they are, whatever font it is shown in.
//!
//! Each row of the screen is one line of the file, so that another row is another line. Borders, rules and the handle of a
//! scrollbar are drawn and not written, because fonts leave gaps between them. What is written is put at its own column,
//! piece by piece, and says how wide it is.

use std::{fmt::Write as _, ops::Range};

use super::grid::{Cell, Grid, Look};

/// Width of a cell: a letter of [`LETTER`] is that wide in most fonts.
const WIDE: usize = 9;
/// Height of a cell.
const HIGH: usize = 19;
/// Where letters stand in it, from above.
const BASE: usize = 14;
/// Size of the letters.
const LETTER: usize = 15;
/// From the window's edge to the first cell, and how high its head is.
const EDGE: (usize, usize) = (16, 38);

/// Ground of the window.
const GROUND: &str = "#12171f";
/// The window's edge, and the buttons in its head.
const FRAME: &str = "#3d4754";
/// Letters without a colour of their own.
const INK: &str = "#d3dae3";
/// The 16 named colours: each can be read on the window's ground, which is the same on light and dark pages.
const COLORS: [&str; 16] = [
    "#12171f", "#ff7b72", "#56d364", "#e3b341", "#58a6ff", "#d2a8ff", "#4cd1d8", "#d3dae3", "#8592a3",
    "#ffa198", "#7ee787", "#f2cc60", "#8ab8ff", "#e2c5ff", "#7fe3e8", "#ffffff",
];

/// The fonts that are looked for, the ones of the systems first.
const FONTS: &str =
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// How everything is drawn: `l` is a line, `h` a thick one, `p` a surface, `g` the colour of the window's ground.
const STYLE: &str = "\
text { fill: currentColor; font-variant-ligatures: none; white-space: pre; }
.p { fill: currentColor; }
.l { fill: none; stroke: currentColor; stroke-width: 1; }
.h { fill: none; stroke: currentColor; stroke-width: 3; }
.b { font-weight: 700; }
.d { opacity: .55; }
";

/// The picture of a screen, and what it shows in words.
pub(crate) fn picture(grid: &Grid, title: &str) -> String {
    let columns = grid.rows.first().map_or(0, Vec::len);
    let mut svg = window(columns * WIDE + 2 * EDGE.0, grid.rows.len() * HIGH + EDGE.1 + EDGE.0, title);
    for (y, row) in grid.rows.iter().enumerate() {
        write!(svg, "<g transform=\"translate({} {})\">", EDGE.0, EDGE.1 + y * HIGH).unwrap();
        papers(&mut svg, row);
        for piece in pieces(row) {
            draw(&mut svg, &row[piece.clone()], piece.start * WIDE);
        }
        // In a field; at a row, a button or a text it would cover a letter.
        if let Some((_, x)) = grid.cursor.filter(|(at, x)| *at == y && row[*x].is_blank()) {
            let (x, height) = (x * WIDE, HIGH - 2);
            write!(svg, "<rect class=\"p\" x=\"{x}\" y=\"1\" width=\"2\" height=\"{height}\"/>").unwrap();
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// A window with nothing in it.
fn window(width: usize, height: usize, title: &str) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">{}</title>\n\
         <style>\nsvg {{ color: {INK}; font: {LETTER}px {FONTS}; }}\n{STYLE}.g {{ color: {GROUND}; }}\n",
        escaped(title)
    );
    for (index, color) in COLORS.iter().enumerate() {
        writeln!(svg, ".c{index} {{ color: {color}; }}").unwrap();
    }
    let (inner, below) = (width - 1, height - 1);
    svg.push_str("</style>\n<rect x=\".5\" y=\".5\" rx=\"10\" ");
    writeln!(svg, "width=\"{inner}\" height=\"{below}\" fill=\"{GROUND}\" stroke=\"{FRAME}\"/>").unwrap();
    for x in [20, 40, 60] {
        write!(svg, "<circle cx=\"{x}\" cy=\"18\" r=\"6\" fill=\"{FRAME}\"/>").unwrap();
    }
    svg.push('\n');
    svg
}

/// Fills what is behind the letters, neighbours of one colour together.
fn papers(svg: &mut String, row: &[Cell]) {
    let mut x = 0;
    for run in row.chunk_by(|a, b| paper(a.look) == paper(b.look)) {
        if let Some(color) = paper(run[0].look) {
            let (at, width) = (x * WIDE, run.len() * WIDE);
            write!(svg, "<rect class=\"p{color}\" x=\"{at}\" width=\"{width}\" height=\"{HIGH}\"/>").unwrap();
        }
        x += run.len();
    }
}

/// The class of the colour behind a cell's letters; none for the window's ground.
fn paper(look: Look) -> Option<String> {
    if look.is_reversed {
        return Some(look.ink.map_or_else(String::new, |ink| format!(" c{ink}")));
    }
    look.paper.map(|paper| format!(" c{paper}"))
}

/// The classes of a cell's letters.
fn letters(look: Look) -> String {
    let color = if look.is_reversed {
        Some(look.paper.map_or_else(|| "g".to_owned(), |paper| format!("c{paper}")))
    } else {
        look.ink.map(|ink| format!("c{ink}"))
    };
    let bold = look.is_bold.then(|| "b".to_owned());
    let dim = look.is_dim.then(|| "d".to_owned());
    [color, bold, dim].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How a sign is put on the screen.
#[derive(PartialEq, Eq)]
enum Way {
    /// With its neighbours.
    Written,
    /// Alone: fonts that lack it borrow it, with another width.
    Alone,
    /// As lines.
    Drawn,
}

impl Way {
    /// That of a cell.
    fn of(cell: &Cell) -> Self {
        match cell.letter.chars().next() {
            Some('─' | '│' | '┌' | '┐' | '└' | '┘' | '━' | '┃' | '█') => Self::Drawn,
            Some(letter) if letter.is_alphanumeric() || letter.is_ascii() => Self::Written,
            _ => Self::Alone,
        }
    }
}

/// What is written or drawn in one go: of one look, without two blanks on end.
fn pieces(row: &[Cell]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (at, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
        let way = Way::of(cell);
        let goes_on = |last: &&mut Range<usize>| {
            let before = &row[last.end - 1];
            let is_next = last.end == at || (last.end + 1 == at && way == Way::Written);
            let fits = match way {
                Way::Written => Way::of(before) == Way::Written,
                Way::Drawn => before.letter == cell.letter,
                Way::Alone => false,
            };
            is_next && fits && row[last.end..at].iter().chain([before]).all(|cell| cell.look == row[at].look)
        };
        match pieces.last_mut().filter(goes_on) {
            Some(last) => last.end = at + 1,
            None => pieces.push(at..at + 1),
        }
    }
    pieces
}

/// Writes or draws a piece that begins at this dot.
fn draw(svg: &mut String, piece: &[Cell], x: usize) {
    let classes = letters(piece[0].look);
    let width = piece.len() * WIDE;
    if Way::of(&piece[0]) == Way::Drawn {
        let (kind, path) = lines(&piece[0].letter, x, width);
        write!(svg, "<path class=\"{}\" d=\"{path}\"/>", [kind, &classes].join(" ").trim_end()).unwrap();
        return;
    }
    let words: String = piece.iter().map(|cell| cell.letter.as_str()).collect();
    let class = if classes.is_empty() { String::new() } else { format!(" class=\"{classes}\"") };
    let length = if piece.len() > 1 { format!(" textLength=\"{width}\"") } else { String::new() };
    write!(svg, "<text x=\"{x}\" y=\"{BASE}\"{class}{length}>{}</text>", escaped(&words)).unwrap();
}

/// The lines of a sign that is repeated over this width, and the class that says how thick they are. What goes from cell to
/// cell downwards goes a little further: where a page shows the picture smaller, a seam would show between rows.
fn lines(sign: &str, x: usize, width: usize) -> (&'static str, String) {
    let (right, middle) = (x + width, format!("{}.5", HIGH / 2));
    let each = |path: &dyn Fn(String) -> String| {
        (x..right).step_by(WIDE).map(|x| path(format!("{}.5", x + WIDE / 2))).collect::<String>()
    };
    match sign {
        "━" => ("h", format!("M{x} {middle}H{right}")),
        "─" => ("l", format!("M{x} {middle}H{right}")),
        "┃" => ("h", each(&|centre| format!("M{centre} -.5V{HIGH}.5"))),
        "│" => ("l", each(&|centre| format!("M{centre} -.5V{HIGH}.5"))),
        "┌" => ("l", each(&|centre| format!("M{centre} {HIGH}V{middle}H{right}"))),
        "┐" => ("l", each(&|centre| format!("M{centre} {HIGH}V{middle}H{x}"))),
        "└" => ("l", each(&|centre| format!("M{centre} 0V{middle}H{right}"))),
        "┘" => ("l", each(&|centre| format!("M{centre} 0V{middle}H{x}"))),
        _ => ("p", format!("M{x} -.5H{right}V{HIGH}.5H{x}Z")),
    }
}

/// Words as XML has them.
fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
