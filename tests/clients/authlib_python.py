"""Authlib and requests-oauthlib, unmodified: secret in both places, authorisation code with PKCE, refresh, id token by the served keys."""

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as Plain

from person import CA, CLIENT, OPERATOR, OPERATORS, SANDBOX, SECRET, TENANT, opens, says

GRAPH = "https://graph.microsoft.com/.default"
KNOWN = requests.get(f"{SANDBOX}/{TENANT}/v2.0/.well-known/openid-configuration", verify=CA).json()
says("every address of the metadata is the sandbox's own", all(
    KNOWN[name].startswith(SANDBOX) for name in KNOWN if name.endswith(("_endpoint", "_uri"))
), KNOWN)

for way in ("client_secret_post", "client_secret_basic"):
    session = OAuth2Session(CLIENT, SECRET, token_endpoint_auth_method=way, scope=GRAPH)
    session.verify = CA
    token = session.fetch_token(KNOWN["token_endpoint"], grant_type="client_credentials")
    says(f"{way} brings a token", token["access_token"], token)

session = OAuth2Session(
    OPERATORS,
    scope="openid profile email offline_access User.Read",
    redirect_uri="http://localhost:53178/signin",
    code_challenge_method="S256",
    token_endpoint_auth_method="none",
)
session.verify = CA
verifier = generate_token(48)
link, state = session.create_authorization_url(KNOWN["authorization_endpoint"], code_verifier=verifier, nonce="n-1")
back = opens(link)
says("the state comes back", back["state"] == state, back)
token = session.fetch_token(KNOWN["token_endpoint"], code=back["code"], code_verifier=verifier)
keys = KeySet.import_key_set(requests.get(KNOWN["jwks_uri"], verify=CA).json())
claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
says("the id token is signed by the served keys", claims["preferred_username"] == OPERATOR, claims)
says("and names its issuer as the metadata does", claims["iss"] == KNOWN["issuer"], claims)
says("the user info tells the name", session.get(KNOWN["userinfo_endpoint"]).json()["name"] == "Mara Quill")
again = session.refresh_token(KNOWN["token_endpoint"], refresh_token=token["refresh_token"])
says("a refresh token brings another", again["refresh_token"] != token["refresh_token"], again)

plain = Plain(client=BackendApplicationClient(CLIENT, scope=[GRAPH]))
token = plain.fetch_token(KNOWN["token_endpoint"], client_secret=SECRET, include_client_id=True, verify=CA)
says("requests-oauthlib gets one, too", token["access_token"], token)
