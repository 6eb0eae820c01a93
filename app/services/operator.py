"""Who runs this process, in the eyes of the AAA plugin."""

from app.domain.errors import ConfigurationError, LtsError, PluginError, described
from app.ports import AAA, Credentials, Identity

_PERMISSION = "run:create"


def operator(aaa: AAA, username: str, scope: str) -> Identity:
    """Return the identity that starts runs in the scope.

    Raises ConfigurationError where the plugin recognises nobody or permits nothing, and PluginError where it
    fails.
    """
    try:
        identity = aaa.authenticate(Credentials(username))
        permitted = identity is not None and aaa.authorize(identity, _PERMISSION, scope)
    except (LtsError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise PluginError(
            f"The AAA plugin {type(aaa).__name__} failed: {described(error)}.",
            "Mend it, or choose another with --set plugins.aaa=local.",
        ) from error
    if identity is None:
        raise ConfigurationError(
            "The AAA plugin does not recognise the user of this process.",
            "Choose one for headless runs with --set plugins.aaa=local.",
        )
    if not permitted:
        raise ConfigurationError(
            f"{identity.subject} may not start runs ({_PERMISSION}).", "Ask an administrator."
        )
    return identity
