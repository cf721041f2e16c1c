// MSAL, azure-identity and the Graph client for Node, unmodified: secret, certificate, authorisation code, device code, a batch.

import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { ConfidentialClientApplication, CryptoProvider, PublicClientApplication } from "@azure/msal-node";
import { ClientSecretCredential, DeviceCodeCredential } from "@azure/identity";
import { Client } from "@microsoft/microsoft-graph-client";
import "isomorphic-fetch";

const { SANDBOX, TENANT, CLIENT, SECRET, OPERATORS, CERTIFICATE, KEY } = process.env;
const GRAPH = ["https://graph.microsoft.com/.default"];
const OPERATOR = "mara.quill@coastline-partners.example";
const TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e";

function says(what, holds, seen) {
  console.log(`${holds ? "ok" : "FAILED"}: ${what}`);
  if (!holds) {
    console.error(seen);
    process.exit(1);
  }
}

const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Sends the page's form with what was typed; redirects are not followed. */
async function fill(page, at, typed) {
  const action = unescape(page.match(/action="([^"]*)"/)[1]);
  const fields = new URLSearchParams(typed);
  for (const [, name, value] of page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)) fields.set(name, unescape(value));
  for (const [name, value] of Object.entries(typed)) fields.set(name, value);
  return fetch(new URL(action, at), { method: "POST", body: fields, redirect: "manual" });
}

async function signsIn(page, at, who) {
  const next = await (await fill(page, at, { account: who })).text();
  return fill(next, at, { passwd: "sandbox" });
}

async function opens(link) {
  const answer = await signsIn(await (await fetch(link)).text(), link, OPERATOR);
  return Object.fromEntries(new URL(answer.headers.get("location")).searchParams);
}

async function typesCode(address, code, who) {
  let page = await (await fill(await (await fetch(address)).text(), address, { otc: code })).text();
  page = await (await signsIn(page, address, who)).text();
  page = await (await fill(page, address, { decision: "continue" })).text();
  says("the person signed in on the device", page.includes("You have signed in"), page);
}

const authority = `${SANDBOX}/${TENANT}`;
const knownAuthorities = [new URL(SANDBOX).host];
const cloud = JSON.stringify({ tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`, metadata: [] });
const auth = (clientId, more) => ({ auth: { clientId, authority, knownAuthorities, cloudDiscoveryMetadata: cloud, ...more } });

const bySecret = new ConfidentialClientApplication(auth(CLIENT, { clientSecret: SECRET }));
says("a secret brings a token", (await bySecret.acquireTokenByClientCredential({ scopes: GRAPH })).accessToken);
const pem = readFileSync(CERTIFICATE, "utf8");
const thumbprintSha256 = createHash("sha256").update(Buffer.from(pem.replace(/-----[^-]*-----/g, ""), "base64")).digest("hex");
const clientCertificate = { thumbprintSha256, privateKey: readFileSync(KEY, "utf8") };
const byCertificate = new ConfidentialClientApplication(auth(CLIENT, { clientCertificate }));
says("a certificate brings a token", (await byCertificate.acquireTokenByClientCredential({ scopes: GRAPH })).accessToken);

const people = new PublicClientApplication(auth(OPERATORS));
const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
const wish = { scopes: ["User.Read"], redirectUri: "http://localhost:53178" };
const link = await people.getAuthCodeUrl({ ...wish, codeChallenge: challenge, codeChallengeMethod: "S256" });
const token = await people.acquireTokenByCode({ ...wish, code: (await opens(link)).code, codeVerifier: verifier });
says("an authorisation code brings an account", token.account.username === OPERATOR, token);
says("with the operator's role", token.idTokenClaims.roles[0] === "Admin", token.idTokenClaims);
const again = await people.acquireTokenSilent({ scopes: ["User.Read"], account: token.account, forceRefresh: true });
says("a refresh token brings another token", again.accessToken && !again.fromCache, again);
const device = await people.acquireTokenByDeviceCode({
  scopes: ["User.Read"],
  deviceCodeCallback: (told) => typesCode(told.verificationUri, told.userCode, OPERATOR),
});
says("a device code brings a token", device.accessToken, device);

const options = { authorityHost: SANDBOX, disableInstanceDiscovery: true };
const identity = new ClientSecretCredential(TENANT, CLIENT, SECRET, options);
says("azure-identity gets a token", (await identity.getToken(GRAPH)).token);
const admin = new DeviceCodeCredential({
  ...options,
  tenantId: TENANT,
  clientId: TOOLS,
  userPromptCallback: (told) => typesCode(told.verificationUri, told.userCode, "admin@coastline-partners.example"),
});
const graph = Client.initWithMiddleware({
  baseUrl: SANDBOX,
  customHosts: new Set(["localhost"]),
  authProvider: { getAccessToken: async () => (await admin.getToken(["https://graph.microsoft.com/User.Read.All"])).token },
});
let page = await graph.api("/users").top(2).get();
let count = page.value.length;
while (page["@odata.nextLink"]) {
  page = await graph.api(page["@odata.nextLink"]).get();
  count += page.value.length;
}
says("users come by pages, whose links stay here", count >= 6, count);
const missing = await graph.api("/users/nobody@coastline-partners.example").get().catch((why) => why);
says("nobody is 404", missing.statusCode === 404, missing);
const batch = await graph.api("/$batch").post({
  requests: [
    { id: "second", method: "GET", url: "/users?$top=1", dependsOn: ["first"] },
    { id: "first", method: "GET", url: "/users/nobody@coastline-partners.example" },
    { id: "alone", method: "GET", url: "/organization" },
  ],
});
const statuses = Object.fromEntries(batch.responses.map((it) => [it.id, it.status]));
says("a batch fails what depends on a failure", statuses.first === 404 && statuses.second === 424 && statuses.alone === 403, statuses);
