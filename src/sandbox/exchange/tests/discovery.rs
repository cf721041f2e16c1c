//! Autodiscover in its three forms.

use super::super::xml::Namespace;
use super::*;

/// Namespace of the SOAP form.
const AUTODISCOVER: Namespace =
    Namespace { uri: "http://schemas.microsoft.com/exchange/2010/Autodiscover", prefix: "a" };

/// Asks the SOAP form.
async fn soap(rig: &Rig, address: &str) -> Reply {
    let text = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:a=\"{}\"><s:Header/><s:Body>\
         <a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>{address}</a:Mailbox></a:User>\
         </a:Users><a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting><a:Setting>Nonsense</a:Setting>\
         </a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>",
        AUTODISCOVER.uri
    );
    let host = "autodiscover.anderson.example";
    rig.exchange.answer(host, "POST", "/autodiscover/autodiscover.svc", &rig.headers(), text.as_bytes()).await
}

/// Asks the plain form.
async fn pox(rig: &Rig, address: &str) -> Reply {
    let text = format!(
        "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\">\
         <Request><EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/\
         exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"
    );
    let host = "autodiscover.anderson.example";
    rig.exchange.answer(host, "POST", "/Autodiscover/Autodiscover.xml", &rig.headers(), text.as_bytes()).await
}

/// A redirect of the domain `old.example`.
fn redirected(kind: &str, to: &str) -> Rig {
    rig(
        "",
        &format!("[[autodiscover.redirects]]\ndomain = \"old.example\"\nkind = \"{kind}\"\nto = \"{to}\""),
    )
}

#[tokio::test]
async fn both_forms_tell_the_endpoint() {
    let rig = rig("", "");
    let reply = soap(&rig, "ana@anderson.example").await;
    assert_eq!(texts(&reply, "Value"), ["https://mail.hoster.example/EWS/Exchange.asmx"]);
    assert_eq!(texts(&reply, "ErrorCode"), ["NoError", "NoError", "SettingIsNotAvailable"]);
    assert_eq!(texts(&reply, "MinorVersion"), ["2"]);
    let reply = pox(&rig, "ana@anderson.example").await;
    assert_eq!(texts(&reply, "Action"), ["settings"]);
    assert_eq!(texts(&reply, "EwsUrl").first().unwrap(), "https://mail.hoster.example/EWS/Exchange.asmx");
}

#[tokio::test]
async fn strangers_and_nonsense_are_told_apart() {
    let rig = rig("", "");
    assert_eq!(texts(&soap(&rig, "nobody@anderson.example").await, "ErrorCode"), ["NoError", "InvalidUser"]);
    assert_eq!(texts(&pox(&rig, "nobody@anderson.example").await, "ErrorCode"), ["500"]);
    assert_eq!(texts(&pox(&rig, "").await, "ErrorCode"), ["600"]);
    let outside = Rig { login: "x:y", ..rig };
    assert_eq!(soap(&outside, "ana@anderson.example").await.status(), 401);
    assert_eq!(pox(&outside, "ana@anderson.example").await.status(), 401);
}

#[tokio::test]
async fn an_account_may_be_kept_to_its_own_address() {
    let rig = rig("", "[autodiscover]\nothers = false");
    assert_eq!(texts(&soap(&rig, "ana@anderson.example").await, "ErrorCode"), ["NoError", "InvalidUser"]);
}

#[tokio::test]
async fn redirects_of_each_kind() {
    let rig = redirected("address", "ana@anderson.example");
    let reply = soap(&rig, "ana@old.example").await;
    assert_eq!(texts(&reply, "ErrorCode"), ["NoError", "RedirectAddress"]);
    assert_eq!(texts(&reply, "RedirectTarget"), ["ana@anderson.example"]);
    assert_eq!(texts(&pox(&rig, "ana@old.example").await, "RedirectAddr"), ["ana@anderson.example"]);

    let rig = redirected("url", "https://new.example/autodiscover/autodiscover.svc");
    assert_eq!(texts(&soap(&rig, "ana@old.example").await, "ErrorCode"), ["NoError", "RedirectUrl"]);
    assert_eq!(texts(&pox(&rig, "ana@old.example").await, "Action"), ["redirectUrl"]);

    let rig = redirected("loop", "");
    let here = "https://autodiscover.anderson.example/autodiscover/autodiscover";
    assert_eq!(texts(&soap(&rig, "ana@old.example").await, "RedirectTarget"), [format!("{here}.svc")]);
    assert_eq!(texts(&pox(&rig, "ana@old.example").await, "RedirectUrl"), [format!("{here}.xml")]);
}

#[tokio::test]
async fn a_host_may_know_nothing_but_a_redirect() {
    let to = "https://mail.hoster.example/autodiscover/autodiscover.xml";
    let rig = redirected("http", to);
    let host = "autodiscover.old.example";
    assert!(rig.exchange.hosts().iter().any(|known| known == host));
    let ask = async |method: &str, path: &str| {
        rig.exchange.answer(host, method, path, &HeaderMap::new(), b"").await
    };
    let reply = ask("GET", "/autodiscover/autodiscover.xml").await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (302, to));
    assert_eq!(ask("POST", "/autodiscover/autodiscover.xml").await.status(), 404);
    assert_eq!(ask("POST", "/autodiscover/autodiscover.svc").await.status(), 404);
}

#[tokio::test]
async fn json_answers_only_where_it_is_switched_on() {
    let path = "/autodiscover/autodiscover.json/v1.0/ana%40anderson.example?Protocol=EWS";
    let ask = async |rig: &Rig, path: &str| {
        rig.exchange.answer("mail.hoster.example", "GET", path, &HeaderMap::new(), b"").await
    };
    assert_eq!(ask(&rig("", ""), path).await.status(), 404);
    let rig = rig(
        "",
        "[autodiscover]\nforms = [\"json\"]\news_url = \"https://outlook.office365.com/EWS/Exchange.asmx\"",
    );
    let reply = ask(&rig, path).await;
    let told: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(told["Url"], "https://outlook.office365.com/EWS/Exchange.asmx");
    assert_eq!(
        ask(&rig, "/autodiscover/autodiscover.json/v1.0/x@y.example?Protocol=EWS").await.status(),
        404
    );
    assert_eq!(ask(&rig, "/autodiscover/autodiscover.json/v1.0/x@y.example").await.status(), 400);
    assert_eq!(soap(&rig, "ana@anderson.example").await.status(), 404);
}

#[tokio::test]
async fn an_error_of_the_whole_answer() {
    let rig = rig("", "[autodiscover]\nerror = \"ServerBusy\"");
    assert_eq!(texts(&soap(&rig, "ana@anderson.example").await, "ErrorCode"), ["ServerBusy"]);
}

#[tokio::test]
async fn bare_domains_answer_where_they_should() {
    let rig = rig("", "[autodiscover]\nbare_domains = true");
    assert!(rig.exchange.hosts().iter().any(|host| host == "anderson.example"));
}

#[tokio::test]
async fn a_website_sends_every_path_to_one_page() {
    let rig = rig("", "[autodiscover]\nwebsites = true");
    let ask =
        async |host: &str, path: &str| rig.exchange.answer(host, "GET", path, &HeaderMap::new(), b"").await;
    for path in ["/", "/autodiscover/autodiscover.xml", "/EWS/Exchange.asmx"] {
        let reply = ask("anderson.example", path).await;
        let to = reply.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!((reply.status().as_u16(), to.as_str()), (302, "https://www.anderson.example/"));
        assert_eq!(ask("www.anderson.example", path).await.status(), 200);
    }
    assert_eq!(ask("autodiscover.anderson.example", "/").await.status(), 404, "that is the hoster's");
}
