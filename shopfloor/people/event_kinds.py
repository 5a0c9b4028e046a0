"""What the room of people puts on record."""

from shopfloor.people import changes as people_changes
from shopfloor.people import commands as people
from shopfloor.people import comparing as people_comparing
from shopfloor.people import crews, skills
from shopfloor.people import grants as people_grants
from shopfloor.people import guessing as people_guessing
from shopfloor.people import setup as people_setup

EVENT_KINDS = [
    people_setup.FIRST_ADMINISTRATOR,
    people.PERSON_ADDED,
    people.LANGUAGE_CHOSEN,
    people.CREW_ADDED,
    people.CREW_JOINED,
    crews.CREW_CHANGED,
    crews.CREW_ARCHIVED,
    crews.CREW_RESTORED,
    skills.SKILL_ADDED,
    skills.SKILL_CHANGED,
    skills.SKILL_ARCHIVED,
    skills.SKILL_RESTORED,
    skills.SKILL_GIVEN,
    skills.SKILL_TAKEN,
    people_grants.ROLE_GIVEN,
    people_grants.ROLE_REVOKED,
    people_comparing.COMPARING_SET,
    people.PROOF_SET,
    people.BADGE_ISSUED,
    people.BADGE_REVOKED,
    people.TOKEN_ISSUED,
    people.TOKEN_REVOKED,
    people_guessing.SIGN_IN_BLOCKED,
    people_changes.PERSON_CHANGED,
    people_changes.PERSON_LEFT,
    people_changes.PERSON_BACK,
    people_changes.SESSIONS_ENDED,
]
