//! The table as the README shows it: one row for each line of the aims, one column for each program.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::tool::Tool;

/// One row.
pub(crate) struct Row {
    what: &'static str,
    aim: &'static str,
    cells: BTreeMap<Tool, String>,
    is_met: Option<bool>,
}

impl Row {
    /// An empty row.
    pub(crate) const fn new(what: &'static str, aim: &'static str) -> Self {
        Self { what, aim, cells: BTreeMap::new(), is_met: None }
    }

    /// What one program showed.
    pub(crate) fn put(&mut self, tool: Tool, cell: impl Into<String>) -> &mut Self {
        self.cells.insert(tool, cell.into());
        self
    }

    /// Whether our own figure is within the aim.
    pub(crate) const fn judge(&mut self, is_met: bool) -> &mut Self {
        self.is_met = Some(is_met);
        self
    }
}

/// What was measured.
#[derive(Default)]
pub(crate) struct Report {
    /// Rows of the table.
    pub(crate) rows: Vec<Row>,
    /// Lines that say more.
    pub(crate) details: Vec<String>,
}

impl Report {
    /// Takes over what a group of measurements found.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.details.append(&mut other.details);
    }

    /// The table in Markdown.
    pub(crate) fn markdown(&self, tools: &[Tool]) -> String {
        let names: Vec<&str> = tools.iter().map(|tool| tool.column()).collect();
        let mut text = format!("| what | aim | {} | verdict |\n", names.join(" | "));
        writeln!(text, "|---|---|{}---|", "---|".repeat(tools.len())).unwrap();
        for row in &self.rows {
            let cells: Vec<&str> =
                tools.iter().map(|tool| row.cells.get(tool).map_or("–", String::as_str)).collect();
            let verdict = match row.is_met {
                Some(true) => "met",
                Some(false) => "missed",
                None => "not measured",
            };
            writeln!(text, "| {} | {} | {} | {verdict} |", row.what, row.aim, cells.join(" | ")).unwrap();
        }
        text
    }
}
