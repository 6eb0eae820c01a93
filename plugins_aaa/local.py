"""The operator of this machine: whoever may start the process may run pipelines with it."""

from app.ports import AAA, AuditEvent, Credentials, Identity, Options

OPERATOR = frozenset({"run:create", "run:read", "portfolio:create", "portfolio:read", "order:create"})


class Local(AAA):
    """Trusts the operating system's login for headless runs, and records everything to the audit trail."""

    plugin_debug_vars = ("recorded",)

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(options)
        self.recorded = 0

    def authenticate(self, credentials: Credentials) -> Identity | None:
        """Return the local operator under the name of the operating-system user."""
        if not credentials.username:
            return None
        return Identity("local", credentials.username, OPERATOR)

    def authorize(self, identity: Identity, permission: str, scope: str) -> bool:
        """Return whether the operator's permissions contain this one; there is one scope, the machine."""
        return identity.issuer == "local" and permission in identity.permissions

    def record(self, event: AuditEvent) -> None:
        """Append the event to the audit trail."""
        self.trail.append(event)
        self.recorded += 1
