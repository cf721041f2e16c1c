//! Invented names of people, shared mailboxes, rooms and things, by number.

use super::world::Kind;

/// Given names.
const GIVEN: [&str; 61] = [
    "Aroha",
    "Liam",
    "Mei",
    "Oliver",
    "Priya",
    "Jack",
    "Charlotte",
    "Noah",
    "Amelia",
    "Wiremu",
    "Isla",
    "Hemi",
    "Grace",
    "Thomas",
    "Anahera",
    "Lucas",
    "Zoë",
    "Ethan",
    "Ruby",
    "Nikau",
    "Chloé",
    "Harry",
    "Sofia",
    "Leo",
    "Hana",
    "Oscar",
    "Matilda",
    "Arjun",
    "Evie",
    "Samuel",
    "Mereana",
    "Henry",
    "Lily",
    "Kiri",
    "William",
    "Sienna",
    "Tane",
    "Ava",
    "James",
    "Ella",
    "Ravi",
    "Georgia",
    "Daniel",
    "Ngaire",
    "Angus",
    "Fatima",
    "Hugo",
    "Ines",
    "Joshua",
    "Leilani",
    "Marcus",
    "Niamh",
    "Patrick",
    "Rosa",
    "Sione",
    "Tessa",
    "Umar",
    "Violet",
    "Xavier",
    "Yasmin",
    "Zachary",
];

/// Family names.
const FAMILY: [&str; 79] = [
    "Smith",
    "Nguyen",
    "Williams",
    "Tamihana",
    "Brown",
    "Singh",
    "Wilson",
    "Chen",
    "Taylor",
    "O'Brien",
    "Anderson",
    "Patel",
    "Thompson",
    "Parata",
    "Harris",
    "Kim",
    "Martin",
    "Walker",
    "Rangi",
    "Murphy",
    "Kelly",
    "Ryan",
    "Müller",
    "Clarke",
    "Henare",
    "Robinson",
    "Hughes",
    "Papadopoulos",
    "Campbell",
    "Young",
    "Ngata",
    "Mitchell",
    "Rossi",
    "Stewart",
    "Faleafa",
    "Scott",
    "Watson",
    "Kaur",
    "Edwards",
    "Turner",
    "Wong",
    "Bennett",
    "Morgan",
    "Hughson",
    "Cooper",
    "Reid",
    "Bailey",
    "Tuhoe",
    "Ward",
    "Cox",
    "Fraser",
    "Gray",
    "Hassan",
    "Irvine",
    "Jansen",
    "Kovac",
    "Lambert",
    "Mahuta",
    "Novak",
    "Ortega",
    "Pham",
    "Quinn",
    "Ridley",
    "Sutherland",
    "Te Aho",
    "Ulbrich",
    "Vaughan",
    "Wu",
    "Xu",
    "Yates",
    "Zammit",
    "Ashby",
    "Burke",
    "Doyle",
    "Ellis",
    "Foster",
    "Grant",
    "Hart",
    "Ibsen",
];

/// Departments.
const DEPARTMENTS: [&str; 9] = [
    "Sales",
    "Operations",
    "Finance",
    "Kitchen",
    "Workshop",
    "Customer Service",
    "Warehouse",
    "Marketing",
    "Administration",
];

/// Shared mailboxes.
const SHARED: [&str; 12] = [
    "Accounts",
    "Info",
    "Reception",
    "Sales",
    "Bookings",
    "Careers",
    "Orders",
    "Support",
    "Invoices",
    "Web Enquiries",
    "Payroll",
    "Deliveries",
];

/// Rooms.
const ROOMS: [&str; 8] = [
    "Boardroom",
    "Kauri Room",
    "Harbour Room",
    "Small Meeting Room",
    "Training Room",
    "Tui Room",
    "Studio",
    "Phone Booth",
];

/// Things that can be booked.
const THINGS: [&str; 5] = ["Delivery Van", "Projector", "Conference Phone", "Pool Car", "Forklift"];

/// Display name, and what stands before the @ (for a guest the whole outside address).
pub(super) fn of(kind: Kind, number: u32) -> (String, String) {
    match kind {
        Kind::User | Kind::Disabled | Kind::Unlicensed | Kind::OnPremises => person(number),
        Kind::Guest => {
            let (name, local) = person(number.wrapping_mul(31).wrapping_add(11));
            (name, format!("{local}.g{number}@visitor.example"))
        }
        Kind::Shared => thing(&SHARED, number),
        Kind::Room => thing(&ROOMS, number),
        Kind::Equipment => thing(&THINGS, number),
    }
}

/// A person: neighbours in the list have unlike names, and the same address never comes back.
fn person(number: u32) -> (String, String) {
    let pairs = u32::try_from(GIVEN.len() * FAMILY.len()).unwrap_or(1);
    let (pair, round) = (number % pairs, number / pairs);
    // 61 and 79 have no divisor in common, so the two remainders meet in every pair exactly once.
    let (given, family) = (pick(&GIVEN, pair), pick(&FAMILY, pair));
    let name = format!("{given} {family}");
    let mut local = plain(&format!("{given}.{family}"));
    if round > 0 {
        local.push_str(&(round + 1).to_string());
    }
    (name, local)
}

/// A shared mailbox, room or thing; numbered from the second round on.
fn thing(list: &[&'static str], number: u32) -> (String, String) {
    let word = pick(list, number);
    let round = number / u32::try_from(list.len()).unwrap_or(1).max(1);
    if round == 0 {
        return (word.to_owned(), plain(word));
    }
    let name = format!("{word} {}", round + 1);
    let local = plain(&name);
    (name, local)
}

/// The word at a number, from the start again behind the end.
fn pick(list: &[&'static str], number: u32) -> &'static str {
    let place = usize::try_from(number).unwrap_or_default() % list.len().max(1);
    list.get(place).copied().unwrap_or_default()
}

/// A name as it stands in an address: lower case, plain letters, no blanks.
fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter {
            'ë' | 'é' | 'è' => Some('e'),
            'ü' => Some('u'),
            letter if letter.is_ascii_alphanumeric() || letter == '.' => Some(letter.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// Department of a person; one in eleven has none.
pub(super) fn department(kind: Kind, number: u32) -> Option<&'static str> {
    let works_here =
        matches!(kind, Kind::User | Kind::Disabled | Kind::Unlicensed | Kind::OnPremises) && number % 11 != 5;
    works_here.then(|| pick(&DEPARTMENTS, number / 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        assert_eq!(of(Kind::User, 0), ("Aroha Smith".to_owned(), "aroha.smith".to_owned()));
        assert_eq!(of(Kind::User, 61 * 79).1, "aroha.smith2");
        assert_eq!(of(Kind::Shared, 9).1, "webenquiries");
        assert_eq!(of(Kind::Room, 8), ("Boardroom 2".to_owned(), "boardroom2".to_owned()));
        assert_eq!(plain("Zoë.O'Brien"), "zoe.obrien");
    }
}
