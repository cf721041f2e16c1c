"""A person with a browser at the sandbox's pages: fills the forms, presses the buttons. No scripts, no cookies."""

import html
import os
import re
from urllib.parse import urljoin

import requests

SANDBOX, CA, TENANT = os.environ["SANDBOX"], os.environ["CA"], os.environ["TENANT"]
CLIENT, SECRET, OPERATORS = os.environ["CLIENT"], os.environ["SECRET"], os.environ["OPERATORS"]
OPERATOR = "mara.quill@coastline-partners.example"


def fill(page, at, **typed):
    """Sends the page's form with what was typed; the answer, redirects not followed."""
    action = html.unescape(re.search(r'action="([^"]*)"', page)[1])
    hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)
    fields = {name: html.unescape(value) for name, value in hidden} | typed
    return requests.post(urljoin(at, action), fields, verify=CA, allow_redirects=False)


def signs_in(page, at, who=OPERATOR):
    """From the page of the accounts to what comes after the password."""
    page = fill(page, at, account=who).text
    return fill(page, at, passwd="sandbox")


def opens(link, who=OPERATOR):
    """Opens a link of an application and signs in: the parameters that the application is sent."""
    page = requests.get(link, verify=CA)
    answer = signs_in(page.text, page.url, who)
    if "location" in answer.headers:
        from urllib.parse import parse_qsl, urlsplit

        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', answer.text)
    }


def types_code(address, code, who=OPERATOR):
    """Types a device code, signs in and continues."""
    page = requests.get(address, verify=CA)
    page = fill(page.text, page.url, otc=code)
    page = signs_in(page.text, page.url, who)
    page = fill(page.text, page.url, decision="continue")
    assert "You have signed in" in page.text, page.text


def says(what, holds, seen=None):
    """One line for one thing that was tried; ends the script where it does not hold."""
    print(f"{'ok' if holds else 'FAILED'}: {what}", flush=True)
    if not holds:
        raise SystemExit(f"{what}: {seen}")
