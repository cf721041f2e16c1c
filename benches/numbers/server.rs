//! The sandbox as a process of its own, and the worlds that it shows: one tenant for each size.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use backup365::domain::{id::TenantId, permission::PermissionSet};

/// The partner's own tenant, its application and its secret; invented.
pub(crate) const PARTNER: &str = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684";
/// The application.
pub(crate) const CLIENT: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";
/// Its secret.
pub(crate) const SECRET: &str = "sandbox~invented~secret";

/// A sandbox as a process of its own.
pub(crate) struct Server {
    child: Child,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub(crate) address: String,
}

impl Server {
    /// Starts a sandbox with this world and these troubles.
    pub(crate) fn start(world: &Path, home: &Path, troubles: &[&str]) -> Self {
        std::fs::create_dir_all(home).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(["sandbox", "--port", "0", "--world"])
            .arg(world)
            .args(troubles.iter().flat_map(|trouble| ["--fault", trouble]))
            .env_clear()
            .env("HOME", home)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The tenant of this size.
pub(crate) fn tenant(size: usize) -> TenantId {
    format!("d3b0a7e4-5c16-4f28-9e7b-{size:012x}").parse().unwrap()
}

/// A world with a tenant for each size, and so many users who join it each day. What the
/// mailboxes of those with mail are is asked by twenties; a listing is nothing but its pages where that is on record.
pub(crate) fn world_text(sizes: &[(usize, u32)]) -> String {
    let permissions: Vec<String> =
        PermissionSet::usual().unwrap().rows.iter().map(|it| format!("{:?}", it.value.as_str())).collect();
    let permissions = permissions.join(", ");
    let mut text = format!(
        "[partner]\ntenant = \"{PARTNER}\"\nname = \"Measured Partners\"\ndomain = \"measured-partners.example\"\n\
         client_id = \"{CLIENT}\"\nsecret = \"{SECRET}\"\napp_name = \"Backup365\"\npermissions = [{permissions}]\n\
         own_permissions = [\"CrossTenantInformation.ReadBasic.All\"]\n"
    );
    for (size, joining) in sizes {
        let (guests, disabled, unlicensed) = (size * 16 / 1_000, size * 14 / 1_000, size * 6 / 1_000);
        let users = size - guests - disabled - unlicensed;
        write!(
            text,
            "\n[[tenant]]\nid = \"{}\"\nname = \"Measured {size}\"\ndomain = \"measured{size}.example\"\n\
             initial = \"measured{size}.onmicrosoft.com\"\nskus = [\"SPE_E3\", \"SPE_F1\", \"ENTERPRISEPACK\"]\n\
             granted = true\ncrowd = {{ users = {users}, guests = {guests}, disabled = {disabled}, \
             unlicensed = {unlicensed}, new_per_day = {joining} }}\n",
            tenant(*size)
        )
        .unwrap();
    }
    text
}
