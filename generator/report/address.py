"""Where the site will be published."""

import os

from generator.errors import UserError


def site_url() -> str:
    """Where the site will be published, with a final slash, or "" if nobody said."""
    url = os.environ.get("HIKAKU_SITE_URL", "").strip()
    if url and not url.startswith(("https://", "http://")):
        raise UserError(
            f"{url!r} is not an address", where="HIKAKU_SITE_URL", remedy="write it as https://name.example/folder/"
        )
    return url.rstrip("/") + "/" if url else ""
