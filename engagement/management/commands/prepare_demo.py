from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagement.demo import prepare_demo
from engagement.demo_people import PASSWORD, accounts_there


class Command(BaseCommand):
    help = "Fill an empty database with demo learners and their history, and print the address and the demo logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the site is served, to print its address")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has accounts with a known password: it is only made with DEBUG on.")
        if prepare_demo():
            self.stdout.write("Made demo learners with ten weeks of history.")
        self.stdout.write(f"\nEngage is at http://127.0.0.1:{port}\n")
        if logins := accounts_there():
            self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
            for account in logins:
                self.stdout.write(f"  {account.username:<12} {account.first_name} {account.last_name}, {account.role}")
        else:
            self.stdout.write("Log in with your own account; manage.py createsuperuser makes one.")
        self.stdout.write("")
