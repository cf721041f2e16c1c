//! A camera in front of the window: what a QR code on the screen says, by the colours that the terminal was told.

use super::Terminal;

/// Dots of the picture per module: a cell is one module wide and two high.
const DOTS: usize = 4;
/// Dark surroundings, in modules: most terminals are dark, and a code must not need their help.
const AROUND: usize = 6;

impl Terminal {
    /// Reads the QR codes on the screen.
    pub(crate) fn scans(&self) -> Vec<String> {
        let modules = self.modules();
        let (height, width) = (modules.len(), modules[0].len());
        let side = |modules: usize| (modules + 2 * AROUND) * DOTS;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side(width), side(height), |x, y| {
            let at = |dot: usize| (dot / DOTS).checked_sub(AROUND);
            let row = at(y).and_then(|y| modules.get(y));
            at(x).and_then(|x| row?.get(x)).copied().unwrap_or(0)
        });
        picture.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
    }

    /// How light each half of each cell is; the terminal's own colours count as dark.
    fn modules(&self) -> Vec<Vec<u8>> {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        let (rows, columns) = screen.size();
        let half = |row: u16, is_lower: bool| {
            let light = |column: u16| {
                let cell = screen.cell(row, column).unwrap();
                let (ink, paper) = (lightness(cell.fgcolor()), lightness(cell.bgcolor()));
                let (ink, paper) = if cell.inverse() { (paper, ink) } else { (ink, paper) };
                match (cell.contents(), is_lower) {
                    ("█", _) | ("▀", false) | ("▄", true) => ink,
                    _ => paper,
                }
            };
            (0..columns.get()).map(light).collect()
        };
        (0..rows.get()).flat_map(|row| [half(row, false), half(row, true)]).collect()
    }
}

/// White is light; everything else, and what the terminal chooses itself, is not.
fn lightness(color: vt100::Color) -> u8 {
    match color {
        vt100::Color::Idx(7 | 15) => 255,
        _ => 0,
    }
}
