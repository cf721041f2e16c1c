"""MSAL for Python, unmodified: secret, certificate, authorisation code, refresh, device code, by an address of one's own."""

import os
import threading

import msal
import requests

from person import CA, CLIENT, OPERATOR, OPERATORS, SANDBOX, SECRET, TENANT, opens, says, types_code

AUTHORITY = f"{SANDBOX}/{TENANT}"
GRAPH = ["https://graph.microsoft.com/.default"]
KNOWN = {"authority": AUTHORITY, "instance_discovery": False, "verify": CA}


def confidential(credential):
    return msal.ConfidentialClientApplication(CLIENT, client_credential=credential, **KNOWN)


token = confidential(SECRET).acquire_token_for_client(GRAPH)
says("a secret brings a token", "access_token" in token, token)
wrong = confidential("wrong").acquire_token_for_client(GRAPH)
says("a wrong one says 7000215", 7000215 in wrong.get("error_codes", []), wrong)
with open(os.environ["KEY"]) as key, open(os.environ["CERTIFICATE"]) as certificate:
    credential = {"private_key": key.read(), "public_certificate": certificate.read()}
token = confidential(credential).acquire_token_for_client(GRAPH)
says("a certificate brings a token", "access_token" in token, token)

people = msal.PublicClientApplication(OPERATORS, **KNOWN)
flow = people.initiate_auth_code_flow(["User.Read"], redirect_uri="http://localhost:53178", response_mode="form_post")
token = people.acquire_token_by_auth_code_flow(flow, opens(flow["auth_uri"]))
claims = token.get("id_token_claims", {})
says("an authorisation code brings an id token", claims.get("preferred_username") == OPERATOR, token)
says("with the operator's role", claims.get("roles") == ["Admin"], claims)
account = people.get_accounts()[0]
says("the account is known by its organisation", account["realm"] == TENANT, account)
again = people.acquire_token_silent(["User.Read"], account, force_refresh=True)
says("a refresh token brings another token", again and "access_token" in again, again)
me = requests.get(f"{SANDBOX}/v1.0/me", headers={"Authorization": f"Bearer {again['access_token']}"}, verify=CA)
says("Graph knows the person", me.json().get("userPrincipalName") == OPERATOR, me.text)

flow = people.initiate_device_flow(["User.Read"])
flow["interval"] = 1
person = threading.Timer(0.2, types_code, [flow["verification_uri"], flow["user_code"]])
person.start()
token = people.acquire_token_by_device_flow(flow)
person.join()
says("a device code brings a token", "access_token" in token, token)
