//! `backup365 operators`: who works with the record, and who of them is an Admin.

use serde_json::{Value, json};

use crate::{
    domain::{failure::Failure, sydney::stamp_in_words, text::Text},
    exit::Exit,
    provider::store::{KnownAccount, KnownOperator},
};

use super::{
    quietly,
    record_context::{RecordContext, refused},
    table::{Cut, Table},
};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Everyone on record.
    List,
    /// Another role.
    Set {
        /// Whose, in any spelling.
        name: Text,
        /// Admin, else User.
        is_admin: bool,
    },
    /// Be an Admin without asking one.
    Recover,
}

/// Said wherever operators are shown.
const ROLES: &str = "Roles guard against mistakes, not against somebody who can write the record itself.";

/// Does it. With JSON the operators as they are afterwards are printed.
///
/// # Errors
/// The record can't be used, or does not allow it; stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, wish: &Wish, is_json: bool) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let changed = change(cx, wish).map_err(|failure| refused(&failure))?;
    let printed = match changed {
        Some(words) if !is_json => cx.out.say(words.as_str()),
        _ => {
            let operators = cx.store.operators().map_err(|failure| refused(&failure))?;
            list(cx, &operators, is_json)
        }
    };
    quietly(printed, Exit::Done)
}

/// Changes a role; says what was done, none where a list was asked for.
fn change(cx: &RecordContext, wish: &Wish) -> Result<Option<Text>, Failure> {
    let (is_changed, name, is_admin) = match wish {
        Wish::List => return Ok(None),
        Wish::Set { name, is_admin } => (cx.store.set_admin(name, *is_admin)?, name.clone(), *is_admin),
        Wish::Recover => (cx.store.recover_admin()?, cx.store.operator().name, true),
    };
    let (now, role) =
        (if is_changed { "now" } else { "already" }, if is_admin { "an Admin" } else { "a User" });
    Ok(Some(Text::of(format_args!("{name} is {now} {role}."))))
}

fn list(cx: &RecordContext, operators: &[KnownOperator], is_json: bool) -> std::io::Result<()> {
    let you = cx.store.operator().name;
    if is_json {
        return cx.json(
            "operators",
            json!({
                "operators": operators.iter().map(|row| object(row, &you)).collect::<Vec<_>>(),
            }),
        );
    }
    let mut table = Table::new([
        ("NAME", Cut::Never),
        ("ROLE", Cut::Never),
        ("SINCE", Cut::Late),
        ("ACCOUNTS", Cut::Early),
    ]);
    for row in operators {
        let name = if row.name == you { Text::of(format_args!("{you} (you)")) } else { row.name.clone() };
        let sign_in = row.signs_in.then(|| "signs in with Microsoft".to_owned());
        let accounts = row.accounts.iter().map(|KnownAccount { role, host, number }| {
            let role = role.as_ref().map(|role| format!(" by role {role}")).unwrap_or_default();
            let number = number.map(|number| format!("uid {number} ")).unwrap_or_default();
            format!("{number}on {host}{role}")
        });
        let accounts: Vec<String> = sign_in.into_iter().chain(accounts).collect();
        let since = stamp_in_words(row.since, &cx.zone);
        table.push([name, role(row.is_admin).into(), since, Text::clean(&accounts.join(", "))]);
    }
    cx.out.note(ROLES);
    table.lines(cx.width).iter().try_for_each(|line| cx.out.say(line))
}

const fn role(is_admin: bool) -> &'static str {
    if is_admin { "Admin" } else { "User" }
}

/// An operator, as JSON.
fn object(row: &KnownOperator, you: &Text) -> Value {
    let account = |KnownAccount { role, host, number }: &KnownAccount| json!({ "host": host.as_str(), "uid": number, "server_role": role.as_ref().map(Text::as_str) });
    json!({
        "name": row.name.as_str(),
        "role": role(row.is_admin).to_lowercase(),
        "since": row.since.to_string(),
        "accounts": row.accounts.iter().map(account).collect::<Vec<_>>(),
        "signs_in": row.signs_in,
        "you": row.name == *you,
    })
}
