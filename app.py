"""The program: `flask --app app …` and gunicorn start here."""

from shopfloor.application import create_app

app = create_app()
