"""Partners by the adapter that their configuration names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.chassis.settings import SettingsError
from services.orders.adapters.provisioning.open_provision_partner import OpenProvisionPartner
from services.orders.domain.provisioning import Provisioner, ProvisioningPartner

ADAPTERS = {"open_provision": OpenProvisionPartner}


@dataclass(frozen=True)
class Partners:
    """``secrets`` by name; one may be several, separated by blanks, the one to sign with first."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    public_url: str = ""

    def __call__(self, partner: Provisioner) -> ProvisioningPartner:
        """Raises SettingsError if its secret is not installed."""
        secrets = self.secrets.get(partner.secret_name, "").split()
        if not secrets:
            raise SettingsError(f"secret {partner.secret_name!r} is missing in the file that MALL_SECRETS_FILE names")
        callback_url = f"{self.public_url.rstrip('/')}/callbacks/provisioning/{partner.provisioner}"
        return ADAPTERS[partner.adapter](partner, secrets, callback_url)
