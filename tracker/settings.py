"""Settings from the environment: `TRACKER_X`, or `TRACKER_X_FILE` for what is in a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tracker.domain.errors import Refused

# Read by the project's own tests, never by the program.
_TESTS = "TRACKER_TEST_"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set; command-line options win over it."""

    database_url: str | None = None
    """A PostgreSQL of your own; without it one is run in the data folder.

    `{role}` in it stands for the role that a connection acts under, where each has a login.
    """
    replica_url: str | None = None
    """A streaming replica of it, which the pages and API of `tracker serve` read views from."""
    pooler: bool = False
    """Whether connections go through a pooler in transaction mode (pgbouncer)."""
    data: str | None = None
    """The data folder: the embedded PostgreSQL, and what the signer of checkpoints keeps."""
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8017
    public_url: str | None = None
    """How people reach the console from elsewhere; alerts link to it."""
    allow_networks: str = ""
    """Private networks (CIDR, separated by spaces) that feeds and webhooks may be on."""
    contact: str = "https://example.org/policy-tracker"
    """An address in the user agent, for whoever wonders who polls their feed."""
    checkpoint_every_s: Annotated[int, msgspec.Meta(ge=0)] = 3600
    """How long an event may wait for a signed checkpoint; 0 signs only when asked to."""
    secret_key: str = ""
    """What secrets of feeds, and contact details, are encrypted under: 32 random bytes in base64.

    Several are separated by spaces; the first encrypts, all decrypt.
    """
    smtp_url: str | None = None
    """The server that takes our mail: `smtp://user:password@host:587`, `smtps://` for TLS at once."""
    mail_from: str | None = None
    """In whose name mail is sent."""
    dkim_key: str | None = None
    """The private key (PEM) that signs mail for the domain of `mail_from` (RFC 6376)."""
    dkim_selector: str = "tracker"
    """Where its public key is found: `<selector>._domainkey.<domain>`."""
    requests_per_minute: Annotated[int, msgspec.Meta(ge=0)] = 6000
    """How often a token may ask the API, at once or evenly; 0 limits nobody."""
    keep_ended_days: Annotated[int, msgspec.Meta(ge=1)] = 30
    """How long tokens, sessions and links are still listed after their end."""
    tsa_url: str | None = None
    """A time-stamping authority (RFC 3161) that stamps every checkpoint."""
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"

    def data_dir(self) -> Path:
        """The data folder, by default in the user's own data home."""
        return Path(self.data) if self.data else Path.home() / ".local/share/policy-tracker"


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings; Refused names a variable that is unknown, unreadable or malformed."""
    values: dict[str, str] = {}
    for variable, value in environment.items():
        if not variable.startswith("TRACKER_") or variable.startswith(_TESTS):
            continue
        name = variable.removeprefix("TRACKER_").lower()
        if name.endswith("_file"):
            name = name.removesuffix("_file")
            try:
                value = Path(value).read_text("utf-8").strip()
            except OSError as fault:
                raise Refused(f"{variable}: {fault.strerror}: {value}", field=variable) from None
            except ValueError:
                raise Refused(f"{variable}: {value} is no text in UTF-8", field=variable) from None
        if name not in Settings.__struct_fields__:
            known = ", ".join(f"TRACKER_{f.upper()}" for f in Settings.__struct_fields__)
            raise Refused(f"{variable} is not a setting; known are {known}", field=variable)
        values[name] = value
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as wrong:
        raise Refused(f"a setting is malformed: {wrong}") from None
