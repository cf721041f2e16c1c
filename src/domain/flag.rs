//! Flags that answer the questions of a journey: what each is asked for where it is missing, and a value that it may have.

/// A flag that answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// As it is typed ("--tenant").
    pub name: &'static str,
    /// What it answers, as the rest of a sentence that begins with its name.
    pub question: &'static str,
    /// A value that it may have.
    pub example: &'static str,
}

/// The domain in examples, where the customer's own is not known.
pub const DOMAIN: &str = "bakery.example";

/// Which of several products.
pub const PRODUCT: Flag =
    Flag { name: "--product", question: "this customer has several products", example: "office365" };

/// The tenant.
pub const TENANT: Flag = Flag {
    name: "--tenant",
    question: "which Microsoft 365 organisation is it? A tenant ID, a domain or an administrator's e-mail address.",
    example: DOMAIN,
};

/// Another customer who has the same tenant or mail domain.
pub const SAME_ORGANISATION_AS: Flag = Flag {
    name: "--same-organisation-as",
    question: "another customer has this organisation or mail domain. Is it right that both have it?",
    example: "C-1001",
};

/// The customer's mail domain, which belongs to another organisation.
pub const DOMAIN_BELONGS_ELSEWHERE: Flag = Flag {
    name: "--domain-belongs-elsewhere",
    question: "the customer's mail domain belongs to another organisation. Is this one right all the same?",
    example: "",
};

/// Who is turned on.
pub const USERS: Flag = Flag {
    name: "--users",
    question: "who shall be protected? all, auto or none, or --users-file with addresses.",
    example: "all",
};

/// Most new seats.
pub const MAX_SEATS: Flag = Flag {
    name: "--max-seats",
    question: "how many new seats may be billed at most? A dry run (--dry-run) says how many it would be.",
    example: "50",
};

/// Most users that are turned off.
pub const MAX_OFF: Flag =
    Flag { name: "--max-off", question: "how many users may be turned off at most?", example: "1" };

/// A mailbox to try.
pub const TRY_MAILBOX: Flag = Flag {
    name: "--try-mailbox",
    question: "one e-mail address of the customer, to be tried.",
    example: "info@bakery.example",
};

/// The mail server.
pub const SERVER: Flag = Flag {
    name: "--server",
    question: "the mail server, or leave it out and it is looked for.",
    example: "mail.hoster.example",
};

/// The service account.
pub const ACCOUNT: Flag = Flag {
    name: "--account",
    question: "the service account that may open the mailboxes.",
    example: "svc-backup@bakery.example",
};

/// The password of the service account.
pub const PASSWORD_FILE: Flag = Flag {
    name: "--password-file",
    question: "a file with the account's password (or --password-fd, --password-env, --password-command).",
    example: "password.txt",
};

/// A mail domain.
pub const MAIL_DOMAIN: Flag =
    Flag { name: "--mail-domain", question: "the customer's mail domain.", example: DOMAIN };

/// The mailboxes.
pub const MAILBOXES: Flag = Flag {
    name: "--mailboxes",
    question: "a file with the addresses of the mailboxes, or --directory for the server's own list.",
    example: "mailboxes.txt",
};

/// A word as a shell reads it back: a line that is shown can be pasted.
#[must_use]
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Every one of them.
pub const ALL: [Flag; 13] = [
    PRODUCT,
    TENANT,
    SAME_ORGANISATION_AS,
    DOMAIN_BELONGS_ELSEWHERE,
    USERS,
    MAX_SEATS,
    MAX_OFF,
    TRY_MAILBOX,
    SERVER,
    ACCOUNT,
    PASSWORD_FILE,
    MAIL_DOMAIN,
    MAILBOXES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_reads_them() {
        assert_eq!(quoted("C-1001"), "C-1001");
        assert_eq!(quoted("Harbour Street Cafe"), "'Harbour Street Cafe'");
        assert_eq!(quoted("O'Neil"), "'O'\\''Neil'");
        assert_eq!(quoted(""), "''");
    }
}
