//! The journeys in a real Chromium: by keyboard alone, by mouse, with scripts switched off, in narrow and wide windows.

use std::time::Duration;

use fantoccini::{Locator, key::Key};
use serde_json::Value;

use super::{ANA, CAFE, COLIN, PASSWORD, RIMU, Served, TOM};
use crate::browser::Browser;

/// Heading of the page that Microsoft shows when something is wrong.
const SORRY: &str = "Sorry, but we're having trouble signing you in.";

/// Lowest contrast of any text of the page against what lies behind it (WCAG 2.2, 1.4.3), and the words that have it.
const CONTRAST: &str = "
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const linear = part => { part /= 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
    const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    const behind = element => {
      for (let at = element; at; at = at.parentElement) {
        const colour = parts(getComputedStyle(at).backgroundColor);
        if (colour.length < 4 || colour[3] === 1) return colour;
      }
      return [255, 255, 255];
    };
    let lowest = [21, ''];
    for (const element of document.body.querySelectorAll('*')) {
      const words = [...element.childNodes].filter(it => it.nodeType === 3).map(it => it.data.trim()).join(' ').trim();
      if (!words) continue;
      const pair = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
      const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
      if (contrast < lowest[0]) lowest = [contrast, words];
    }
    return lowest;";

/// What every page has: its title, its language, the mark of the sandbox, colours that can be read, and a width that needs
/// no sidewards scrolling on a telephone or on a desk.
async fn is_whole(browser: &Browser, title: &str) {
    let page = &browser.page;
    assert_eq!(page.title().await.unwrap(), format!("{title} (sandbox)"));
    let html = page.find(Locator::Css("html")).await.unwrap();
    assert_eq!(html.attr("lang").await.unwrap().as_deref(), Some("en"));
    assert!(browser.text().await.starts_with("SANDBOX"));
    let contrast = page.execute(CONTRAST, Vec::new()).await.unwrap();
    assert!(contrast[0].as_f64().unwrap() >= 4.5, "{title}: {contrast}");
    for width in [360, 1280] {
        page.set_window_size(width, 900).await.unwrap();
        let script =
            "const it = document.documentElement; return [it.scrollWidth, it.clientWidth, innerWidth]";
        let widths = page.execute(script, Vec::new()).await.unwrap();
        let widths: Vec<_> = widths.as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
        assert_eq!(widths[2], u64::from(width), "the window has the width that was asked for");
        assert!(widths[0] <= widths[1], "{title} at {width}: {widths:?}");
    }
}

/// Whether what has the keyboard wears a ring, once its style has been computed: a busy browser paints later.
async fn shows_focus(browser: &Browser) {
    let script =
        "const it = getComputedStyle(document.activeElement); return [it.outlineStyle, it.outlineWidth]";
    let mut ring = Value::Null;
    for _ in 0..100 {
        ring = browser.page.execute(script, Vec::new()).await.unwrap();
        if ring[0] != "none" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(ring, serde_json::json!(["solid", "3px"]), "{:?}", browser.focus().await);
}

/// How far the page is scrolled down, pixels.
async fn scrolled(browser: &Browser) -> Value {
    browser.page.execute("return scrollY", Vec::new()).await.unwrap()
}

/// From the link to the permissions with the keyboard alone, the account typed.
async fn sign_in_by_keyboard(browser: &Browser, address: &str) {
    browser.heading("Pick an account").await;
    browser.tab_to("button Use another account").await;
    browser.press(&[Key::Enter]).await;
    browser.heading("Sign in").await;
    browser.focused("textbox Email address of your account").await;
    browser.types(address).await;
    browser.press(&[Key::Enter]).await;
    browser.heading("Enter password").await;
    browser.focused("textbox Password").await;
    browser.types(PASSWORD).await;
    browser.press(&[Key::Enter]).await;
}

/// The same with the mouse, the account clicked; only the password is typed.
async fn sign_in_by_mouse(browser: &Browser, name: &str) {
    browser.heading("Pick an account").await;
    browser.click(name).await;
    browser.heading("Enter password").await;
    let field = browser.page.find(Locator::Css("input[type=password]")).await.unwrap();
    field.click().await.unwrap();
    browser.types(PASSWORD).await;
    browser.click("Sign in").await;
}

#[tokio::test]
async fn the_keyboard_alone_goes_the_whole_way() {
    let Some(browser) = Browser::open(true).await else { return };
    let served = Served::start();
    browser.page.goto(&served.link_with_done_page(CAFE)).await.unwrap();
    browser.heading("Pick an account").await;
    is_whole(&browser, "Sign in to your account").await;
    let (ana, tom) = (format!("button Ana Petrov {ANA}"), format!("button Tom Reilly {TOM}"));
    browser.focused(&ana).await;
    shows_focus(&browser).await;
    assert_eq!(
        browser.tab_to("button Use another account").await,
        [&ana, &tom, "button Use another account"]
    );
    browser.press(&[Key::Shift, Key::Tab]).await;
    browser.focused(&tom).await;
    browser.tab_to("button Use another account").await;
    browser.press(&[Key::Enter]).await;

    browser.heading("Sign in").await;
    is_whole(&browser, "Sign in to your account").await;
    let field = "textbox Email address of your account";
    browser.focused(field).await;
    shows_focus(&browser).await;
    browser.types("nobody@harbourstreetcafe.example").await;
    assert_eq!(browser.tab_to("button Next").await, [field, "button Next"]);
    browser.press(&[Key::Enter]).await;
    browser.described("We couldn't find an account with that username. Try another account.").await;
    browser.focused(field).await;
    is_whole(&browser, "Sign in to your account").await;
    browser.types(ANA).await;
    browser.press(&[Key::Enter]).await;

    browser.heading("Enter password").await;
    is_whole(&browser, "Sign in to your account").await;
    browser.focused("textbox Password").await;
    let stops = browser.tab_to("button Back").await;
    assert_eq!(stops, ["textbox Password", "button Sign in", "button Back"]);
    browser.press(&[Key::Enter]).await;
    browser.heading("Pick an account").await;
    browser.focused(&ana).await;
    browser.press(&[Key::Enter]).await;
    browser.heading("Enter password").await;
    browser.focused("textbox Password").await;
    browser.types("wrong").await;
    browser.press(&[Key::Enter]).await;
    browser
        .described(
            "Your account or password is incorrect. If you don't remember your password, reset it now.",
        )
        .await;
    browser.focused("textbox Password").await;
    is_whole(&browser, "Sign in to your account").await;
    browser.types(PASSWORD).await;
    browser.press(&[Key::Enter]).await;

    browser.heading("Permissions requested").await;
    is_whole(&browser, "Permissions requested").await;
    browser.focused("page").await;
    assert_eq!(scrolled(&browser).await, 0);
    // One more Enter, as by an impatient finger: it must not accept what nobody has read.
    browser.press(&[Key::Enter]).await;
    browser.heading("Permissions requested").await;
    assert!(!served.has_consent(CAFE).await);
    assert_eq!(browser.tab_to("button Accept").await, ["page", "button Cancel", "button Accept"]);
    shows_focus(&browser).await;
    browser.press(&[Key::Enter]).await;

    browser.heading("Thank you").await;
    is_whole(&browser, "Thank you").await;
    assert!(browser.text().await.ends_with("You can close this window."));
    assert!(served.has_consent(CAFE).await);
    browser.close().await;
}

#[tokio::test]
async fn the_mouse_goes_the_whole_way_and_meets_microsofts_error_page() {
    let Some(browser) = Browser::open(true).await else { return };
    let served = Served::start();
    browser.page.goto(&served.link(CAFE)).await.unwrap();
    sign_in_by_mouse(&browser, "Ana Petrov").await;
    browser.heading("Permissions requested").await;
    let text = browser.text().await;
    let order = [
        ANA,
        "Permissions requested",
        "Harbour Street Cafe",
        "Backup365",
        "would like to:",
        "When you accept",
    ];
    let places: Vec<_> =
        order.iter().map(|it| text.find(it).unwrap_or_else(|| panic!("{it}: {text}"))).collect();
    assert!(places.is_sorted() && text.ends_with("Cancel\nAccept"), "{text}");
    assert_eq!(browser.page.find_all(Locator::Css("li")).await.unwrap().len(), 9);
    assert!(!served.has_consent(CAFE).await);
    browser.click("Accept").await;
    browser.heading(SORRY).await;
    is_whole(&browser, "Sign in to your account").await;
    assert!(browser.text().await.contains("AADSTS500113: No reply address is registered"));
    assert!(served.has_consent(CAFE).await, "the page looks like a failure, and consent is stored");
    browser.close().await;
}

#[tokio::test]
async fn cancel_leaves_everything_as_it_was() {
    let Some(browser) = Browser::open(true).await else { return };
    let served = Served::start();
    browser.page.goto(&served.link(CAFE)).await.unwrap();
    sign_in_by_mouse(&browser, "Ana Petrov").await;
    browser.click("Cancel").await;
    browser.heading("Nothing was changed").await;
    is_whole(&browser, "Consent cancelled").await;
    assert!(browser.text().await.contains("AADSTS65004"));
    assert!(!served.has_consent(CAFE).await);

    browser.page.goto(&served.link_with_done_page(CAFE)).await.unwrap();
    sign_in_by_keyboard(&browser, ANA).await;
    browser.heading("Permissions requested").await;
    browser.tab_to("button Cancel").await;
    browser.press(&[Key::Enter]).await;
    browser.heading("Not accepted").await;
    is_whole(&browser, "Thank you").await;
    let url = browser.page.current_url().await.unwrap();
    let said = |name: &str| url.query_pairs().find(|(it, _)| it == name).map(|(_, value)| value.into_owned());
    assert_eq!(said("error").as_deref(), Some("access_denied"));
    assert!(said("error_description").unwrap().starts_with("AADSTS65004"));
    assert!(!served.has_consent(CAFE).await);
    browser.close().await;
}

#[tokio::test]
async fn whoever_may_not_consent_is_told_so() {
    let Some(browser) = Browser::open(true).await else { return };
    let served = Served::start();
    browser.page.goto(&served.link(CAFE)).await.unwrap();
    sign_in_by_keyboard(&browser, TOM).await;
    browser.heading("Need admin approval").await;
    is_whole(&browser, "Need admin approval").await;
    assert!(browser.text().await.contains("AADSTS90094"));
    browser.focused("page").await;
    let other = "button Have an admin account? Sign in with that account";
    assert_eq!(browser.tab_to(other).await, ["page", other]);

    browser.page.goto(&served.link(CAFE)).await.unwrap();
    sign_in_by_keyboard(&browser, COLIN).await;
    browser.heading(SORRY).await;
    is_whole(&browser, "Sign in to your account").await;
    assert!(browser.text().await.contains("AADSTS50020"));
    assert!(!served.has_consent(CAFE).await && !served.has_consent(RIMU).await);
    browser.close().await;
}

#[tokio::test]
async fn no_scripts_are_needed() {
    let Some(browser) = Browser::open(false).await else { return };
    let served = Served::start();
    // First of all: scripts are off indeed.
    browser
        .page
        .goto("data:text/html,<h1>off</h1><script>document.querySelector('h1').textContent='on'</script>")
        .await
        .unwrap();
    browser.heading("off").await;
    browser.page.goto(&served.link_with_done_page(CAFE)).await.unwrap();
    sign_in_by_keyboard(&browser, ANA).await;
    browser.heading("Permissions requested").await;
    browser.tab_to("button Accept").await;
    browser.press(&[Key::Enter]).await;
    browser.heading("Thank you").await;
    assert!(served.has_consent(CAFE).await);
    browser.close().await;
}
