"""azure-identity and the Graph SDK for Python, unmodified: secret, certificate, device code; users by pages, writes, a batch."""

import asyncio
import os
import tempfile
import threading

from azure.identity import DeviceCodeCredential
from azure.identity.aio import CertificateCredential, ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphServiceClient
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.service_principals.service_principals_request_builder import (
    ServicePrincipalsRequestBuilder as Builder,
)
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

from person import CLIENT, OPERATORS, SANDBOX, SECRET, TENANT, says, types_code

GRAPH = "https://graph.microsoft.com/.default"
KNOWN = {"authority": SANDBOX, "disable_instance_discovery": True}
TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"


def client(credential, scopes):
    hosts = [SANDBOX.removeprefix("https://"), "localhost"]
    provider = AzureIdentityAuthenticationProvider(credential, scopes=scopes, allowed_hosts=hosts)
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{SANDBOX}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def by_device(client_id, who):
    def prompt(address, code, _expires):
        threading.Timer(0.2, types_code, [address, code, who]).start()

    return DeviceCodeCredential(client_id, tenant_id=TENANT, prompt_callback=prompt, **KNOWN)


async def main():
    async with ClientSecretCredential(TENANT, CLIENT, SECRET, **KNOWN) as credential:
        says("a secret brings a token", (await credential.get_token(GRAPH)).token)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as both:
        for name in ("KEY", "CERTIFICATE"):
            with open(os.environ[name]) as part:
                both.write(part.read())
        both.flush()
        async with CertificateCredential(TENANT, CLIENT, both.name, **KNOWN) as credential:
            says("a certificate brings a token", (await credential.get_token(GRAPH)).token)

    me = await client(by_device(OPERATORS, "theo.banks@coastline-partners.example"), ["User.Read"]).me.get()
    says("a device code brings a person", me.display_name == "Theo Banks", me)

    admin = by_device(TOOLS, "admin@coastline-partners.example")
    graph = client(admin, ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "User.Read.All"])
    users = await graph.users.get()
    says("users are typed", len(users.value) >= 6 and users.value[0].user_principal_name, users)
    made = await graph.applications.post(Application(display_name="Backup365 of the clients"))
    says("an application is registered", made.app_id, made)
    principal = await graph.service_principals.post(ServicePrincipal(app_id=made.app_id))
    says("with a service principal", principal.app_id == made.app_id, principal)
    query = Builder.ServicePrincipalsRequestBuilderGetQueryParameters(
        filter="appId eq '00000003-0000-0000-c000-000000000000'"
    )
    known = await graph.service_principals.get(RequestConfiguration(query_parameters=query))
    resource = known.value[0]
    role = next(it for it in resource.app_roles if it.value == "User.Read.All")
    wish = AppRoleAssignment(principal_id=principal.id, resource_id=resource.id, app_role_id=role.id)
    builder = graph.service_principals.by_service_principal_id(principal.id).app_role_assignments
    says("a role is assigned", (await builder.post(wish)).app_role_id == role.id)
    try:
        await builder.post(wish)
        says("but not twice", False)
    except APIError as why:
        says("but not twice", why.response_status_code == 400, why)
    says("and listed", len((await builder.get()).value) == 1)

    asked = graph.me.to_get_request_information(), graph.users.to_get_request_information()
    items = [BatchRequestItem(request_information=it) for it in asked]
    content = BatchRequestContent({item.id: item for item in items})
    answer = await BatchRequestBuilder(graph.request_adapter).post(content)
    statuses = answer.get_response_status_codes()
    says("a batch is answered part by part", [statuses[item.id] for item in items] == [200, 200], statuses)


asyncio.run(main())
