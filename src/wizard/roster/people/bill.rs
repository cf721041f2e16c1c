//! What turning users on comes to, and who they are for the store.

use crate::domain::{
    bill::{Bill, StaysOff},
    protection::Chosen,
    user::Kind,
};

use super::{super::ticks::Ticks, People};

impl People {
    /// What turning these rows on means for the bill.
    pub(crate) fn bill(&self, chosen: &Ticks) -> Bill {
        let mut turn_on = [0_u32; Kind::ALL.len()];
        let mut kinds_off = [0_u32; Kind::ALL.len()];
        let (mut excluded, mut problem, mut not_chosen) = (0, 0, 0);
        for at in 0..self.pages.words() {
            let chosen = chosen.word(at) & self.eligible.word(at);
            let off = self.live.word(at) & !self.on.word(at) & !chosen;
            let (is_excluded, has_problem) = (self.excluded.word(at), self.problem.word(at));
            excluded += (off & is_excluded).count_ones();
            problem += (off & !is_excluded & has_problem).count_ones();
            not_chosen += (off & self.eligible.word(at)).count_ones();
            for ((kind, on), stays) in self.kinds.iter().zip(&mut turn_on).zip(&mut kinds_off) {
                *on += (chosen & kind.word(at)).count_ones();
                let left = off & !is_excluded & !has_problem & !self.eligible.word(at);
                *stays += (left & kind.word(at)).count_ones();
            }
        }
        let of = |counts: &[u32], kind: Kind| counts.get(usize::from(kind.code())).copied().unwrap_or(0);
        let mut stay_off: Vec<(StaysOff, u32)> =
            Kind::ALL.into_iter().map(|kind| (StaysOff::Kind(kind), of(&kinds_off, kind))).collect();
        stay_off.extend([
            (StaysOff::Excluded, excluded),
            (StaysOff::Problem, problem),
            (StaysOff::NotChosen, not_chosen),
        ]);
        stay_off.retain(|(_, count)| *count > 0);
        Bill {
            turn_on: Kind::ALL
                .into_iter()
                .map(|kind| (kind, of(&turn_on, kind)))
                .filter(|(_, count)| *count > 0)
                .collect(),
            already_on: self.counts.protected,
            stay_off,
            seats_before: self.seats_before(),
            limit: self.limit,
        }
    }

    /// Rows as the store needs them.
    pub(crate) fn chosen(&self, rows: &Ticks) -> Vec<Chosen> {
        rows.rows()
            .filter_map(|ordinal| {
                let user = self.pages.user(ordinal)?;
                Some(Chosen {
                    id: user.id,
                    address: user.address.to_text(),
                    name: user.name.to_text(),
                    kind: self.kind(ordinal),
                })
            })
            .collect()
    }
}
