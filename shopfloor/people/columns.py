"""The columns of the lists of people as files; an import knows their headings again."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.tables.sending import Column

PEOPLE = (
    Column(_l("Login"), lambda row: row.Person.login),
    Column(_l("Name"), lambda row: row.Person.name),
    Column(_l("Language"), lambda row: row.Person.language),
    Column(_l("Crew, by name"), lambda row: row.crew_names),
    Column(_l("Roles"), lambda row: row.roles),
    Column(_l("Site"), lambda row: row.site_names),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
CREWS = (
    Column(_l("Number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row.Crew.names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row.Crew.names.get("zh")),
    Column(_l("Leader"), lambda row: row.leader),
    Column(_l("People"), lambda row: row.people),
    Column(_l("Site"), lambda row: row.site_names),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
SKILLS = (
    Column(_l("Number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row.Skill.names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row.Skill.names.get("zh")),
    Column(_l("People"), lambda row: row.people),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)
