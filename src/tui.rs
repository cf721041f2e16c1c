//! The full-screen front end.
pub mod options;
/// Tui.
#[derive(Debug)]
pub struct Tui;
impl Tui {
    /// start
    /// # Errors
    /// none
    pub fn start(_o: options::Options, _w: crate::driver::front::Waker) -> std::io::Result<Self> {
        Ok(Self)
    }
}
impl crate::driver::front::FrontEnd for Tui {
    fn show(
        &mut self,
        _v: &crate::wizard::view::View<'_>,
        _n: crate::domain::time::Moment,
    ) -> std::io::Result<()> {
        Ok(())
    }
    fn next(
        &mut self,
        _v: &crate::wizard::view::View<'_>,
    ) -> std::io::Result<Option<crate::wizard::event::Intent>> {
        Ok(None)
    }
    fn perform(
        &mut self,
        _d: &crate::wizard::effect::Deed,
        _v: &crate::wizard::view::View<'_>,
    ) -> std::io::Result<()> {
        Ok(())
    }
}
