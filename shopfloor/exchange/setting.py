"""Where and for whom a file is imported: the site, its day, its money, the person's rights."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from shopfloor.core.rights import Rights
from shopfloor.exchange.findings import Setting
from shopfloor.exchange.models import Import
from shopfloor.plant.models import Site


def setting_of(session: Session, run: Import, rights: Rights, now: datetime) -> Setting:
    """Return the setting of an import."""
    site = session.get_one(Site, run.site_id)
    return Setting(
        site.id,
        site.currency,
        now.astimezone(ZoneInfo(site.zone)).date(),
        rights,
        frozenset(run.settings.get("options", ())),
        site.language,
    )
