//! `backup365 setup --signed-in`: arguments and surroundings to plain values.

use crate::{
    app::{Refusal, command, keys::Keys},
    cli::setup::Args,
    commands::{
        login::unanswered,
        setup::signed_in::{self, Hands, Options},
    },
    domain::{id::TenantId, tenant_input::TenantInput},
    exit::Exit,
    provider::{
        self,
        graph::registering::Registrar,
        oauth::operator::{COMMAND_LINE_TOOLS, Operators, Registration},
    },
    runner::setup::Desk as _,
};

use super::{super::login, desk::Partner};

/// Runs it.
pub(super) fn run(
    args: &Args,
    partner: &Partner,
    runtime: &tokio::runtime::Runtime,
) -> Result<Exit, Refusal> {
    let begun = partner.begun()?;
    let cloud = begun.settings.cloud;
    let organisation =
        args.organisation.as_deref().map(|text| TenantInput::parse_in(text, cloud)).transpose();
    let organisation = organisation.map_err(|why| Refusal::usage(format!("--organisation: {why}")))?;
    let page = begun.settings.done_page.clone();
    let opener = partner.opener(begun.settings)?;
    let http = provider::http_client(opener.real_http())?;
    let options = Options {
        way: login::way(&opener, args.browser, args.device_code),
        is_sure: args.yes,
        organisation,
        page,
    };
    let mut keys: Option<Keys> = None;
    let mut sign_in = |tenant: TenantId| {
        let authority = cloud.login().to_owned();
        let registration =
            Registration { client_id: COMMAND_LINE_TOOLS, tenant, authority, browser_origin: None };
        let operators = Operators::new(http.clone(), partner.clock.clone(), registration);
        let operators = operators.map_err(|failure| unanswered(&failure))?.setting_up(cloud.graph());
        let listening = login::context(&opener, operators);
        let (context, heard) = listening.map_err(|refusal| anyhow::Error::from(refusal.bad))?;
        keys = Some(heard);
        Ok(context)
    };
    let out = command::out(&opener.common, &opener.environment);
    let mut hands = Hands {
        look: &|| partner.look(),
        prove: &|given| partner.prove(given),
        make_certificate: &|| partner.make_certificate(),
        keep: &|entries| partner.keep(entries),
        sign_in: &mut sign_in,
        registrar: &|token| Registrar::new(http.clone(), partner.clock.clone(), cloud.graph(), token),
        runtime,
        out,
    };
    let ended = signed_in::run(&options, &mut hands);
    // The terminal is as it was.
    drop(keys);
    Ok(ended?)
}
