"""exchangelib, unmodified: a hosted mailbox by Basic with impersonation, and its folders with what is asked for."""

import os
from urllib.parse import urlsplit

from exchangelib import BASIC, IMPERSONATION, Account, Configuration, Credentials, Version
from exchangelib.errors import ErrorNonExistentMailbox, UnauthorizedError
from exchangelib.version import EXCHANGE_2016

from person import SANDBOX, says


def mailbox(address, password="invented-anderson"):
    config = Configuration(
        service_endpoint=f"{SANDBOX}/EWS/Exchange.asmx",
        credentials=Credentials("svc-backup@andersondental.example", password),
        auth_type=BASIC,
        version=Version(build=EXCHANGE_2016),
    )
    return Account(address, config=config, access_type=IMPERSONATION, autodiscover=False)


ana = mailbox("ana.brennan@andersondental.example")
inbox = ana.inbox
says("the inbox tells its name", inbox.name is not None, inbox)
says("and how much is in it", inbox.total_count is not None, inbox)
says("the calendar is one", type(ana.calendar).__name__ == "Calendar", ana.calendar)
try:
    mailbox("nobody@andersondental.example").inbox.refresh()
    says("an unknown mailbox is refused", False)
except ErrorNonExistentMailbox as why:
    says("an unknown mailbox is refused", True, why)
try:
    mailbox("ana.brennan@andersondental.example", "wrong").inbox.refresh()
    says("a wrong password is refused", False)
except UnauthorizedError as why:
    says("a wrong password is refused", True, why)
