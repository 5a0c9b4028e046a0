"""The program: `flask --app app …` and gunicorn start here."""

from shopfloor import cli
from shopfloor.application import create_app

app = create_app()
cli.register(app)
