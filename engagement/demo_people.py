"""Made-up people: the coordinators' accounts, and learners with names, addresses, consents and notes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.models import Group, User

from learners.channels import Channel
from learners.models import Cohort, ContactPreference, Learner, Note, Program

PASSWORD = "engage-demo"  # noqa: S105  (printed for everyone, and only ever made with DEBUG on)


@dataclass(frozen=True)
class Account:
    username: str
    first_name: str
    last_name: str
    role: str


ACCOUNTS = (
    Account("coordinator", "Maya", "Rahman", "coordinator"),
    Account("daniel", "Daniel", "Osei", "coordinator"),
    Account("nusrat", "Nusrat", "Jahan", "coordinator"),
    Account("staff", "Elena", "Petrova", "staff"),
    Account("ops", "Tom", "Okafor", "ops"),
)
PROGRAMS = {
    "Python Basics": "https://learn.example.org/python-basics",
    "Data Analysis": "https://learn.example.org/data-analysis",
    "Web Development": "https://learn.example.org/web-development",
    "Digital Marketing": "https://learn.example.org/digital-marketing",
}
COHORTS = ("mornings", "evenings")  # after the first word of their program
BENGALI_NAMES = {  # as written by its bearer → as it stands in an address
    "তাসনিম": "tasnim", "রাফি": "rafi", "নাদিয়া": "nadia", "আরিফ": "arif", "মিতালী": "mitali", "সাদিয়া": "sadia",
    "ইমরান": "imran", "ফারহানা": "farhana", "রিয়াদ": "riyad", "অনন্যা": "ananya", "শুভ": "shuvo", "জান্নাত": "jannat",
}  # fmt: skip
BENGALI_SURNAMES = {
    "রহমান": "rahman", "ইসলাম": "islam", "আক্তার": "akter", "হোসেন": "hossain", "দাস": "das", "চৌধুরী": "chowdhury",
    "সরকার": "sarkar", "বেগম": "begum", "ঘোষ": "ghosh", "করিম": "karim",
}  # fmt: skip
NAMES = (
    "Amina", "Noah", "Priya", "Mateo", "Fatima", "Kofi", "Yuki", "Lena", "Omar", "Grace", "Arjun", "Sofia",
    "Tariq", "Chloe", "Rahul", "Zainab", "Diego", "Hana", "Samuel", "Leila", "Viktor", "Ngozi", "Ravi",
    "Isabel", "Mei", "Farid", "Anna", "Kwame", "Shreya", "Lucas", "Nadia", "Tomas", "Aisha", "Jonas", "Divya",
    "Emeka", "Clara", "Bilal", "Ines", "Rohan", "Sabrina", "Hugo", "Meera", "Adam", "Thandi", "Kabir", "Elif",
    "Peter", "Nasrin", "Marco",
)  # fmt: skip
SURNAMES = (
    "Ahmed", "Silva", "Patel", "Mensah", "Haddad", "Garcia", "Tanaka", "Berg", "Khan", "Adeyemi", "Novak",
    "Rossi", "Chen", "Kaya", "Sharma", "Dubois", "Ali", "Fernandez", "Mwangi", "Kowalski", "Das", "Jensen",
    "Hussain", "Costa", "Nair", "Schmidt", "Okoye", "Moreau", "Rahman", "Lopez", "Banerjee", "Ivanov", "Begum",
    "Santos", "Murphy", "Kim", "Gupta", "Yilmaz", "Nguyen", "Diallo",
)  # fmt: skip
CONSENT_SOURCES = ("Enrolment form", "Enrolment form", "Welcome call", "Profile page")
NOTES = (
    "Works night shifts until the end of the month. Prefers messages in the evening.",
    "Called: the laptop was broken, a replacement is on its way.",
    "Asked for the recordings of the missed sessions. Sent the links.",
    "Exam week at the university. Will be back next week.",
    "Very motivated, wants to switch to the advanced track.",
    "No answer by phone. Will try again on Thursday.",
    "Needs help with the second assignment; tutor informed.",
)


def make_accounts() -> list[User]:
    """The demo's accounts, the coordinators first; those that are there stay as they are."""
    users = []
    for account in ACCOUNTS:
        user, is_new = User.objects.get_or_create(
            username=account.username,
            defaults={
                "email": f"{account.username}@demo.example",
                "first_name": account.first_name,
                "last_name": account.last_name,
            },
        )
        if is_new:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
            user.groups.add(Group.objects.get(name=account.role))
        users.append(user)
    return users


def accounts_there() -> list[Account]:
    """Those of the demo's accounts that exist."""
    users = User.objects.filter(username__in=[account.username for account in ACCOUNTS])
    names = set(users.values_list("username", flat=True))
    return [account for account in ACCOUNTS if account.username in names]


def make_learners(count: int, *, coordinators: list[User], random: Random) -> list[Learner]:
    """New learners over all programs and cohorts, each looked after by one coordinator, without inputs yet."""
    cohorts = []
    for name, url in PROGRAMS.items():
        program, _ = Program.objects.get_or_create(name=name, defaults={"course_url": url})
        for group in COHORTS:
            cohort, _ = Cohort.objects.get_or_create(program=program, name=f"{name.split()[0]} {group}")
            cohorts.append(cohort)
    learners = []
    for number in range(count):
        is_bengali = random.random() < 0.28
        name, address = _name(is_bengali=is_bengali, random=random)
        cohort = cohorts[number % len(cohorts)]
        learners.append(
            Learner(
                uid=f"demo_{number + 1:03}",
                name=name,
                email=f"{address}{number + 1}@learners.example",
                phone=f"+88017{random.randrange(10**8):08}" if is_bengali or random.random() < 0.6 else "",
                program=cohort.program,
                cohort=cohort,
                owner=coordinators[number % len(coordinators)],
                language="bn" if is_bengali and random.random() < 0.8 else "en",
                timezone="Asia/Dhaka" if is_bengali else random.choice(["Europe/London", "Asia/Kolkata", "UTC"]),
            )
        )
    return Learner.objects.bulk_create(learners)


def make_preferences(learners: list[Learner], *, decided_at: datetime, random: Random) -> list[ContactPreference]:
    """What learners said when they enrolled. Some said no, some were never asked, some never proved their address."""
    preferences = []
    for learner in learners:
        for channel, asked in ((Channel.EMAIL, 0.85), (Channel.WHATSAPP, 0.5), (Channel.SMS, 0.35)):
            if random.random() > asked or (channel != Channel.EMAIL and not learner.phone):
                continue
            allowed = random.random() < 0.88
            decided = decided_at - timedelta(days=random.randrange(1, 20), minutes=random.randrange(900))
            preferences.append(
                ContactPreference(
                    learner=learner,
                    channel=channel,
                    allowed=allowed,
                    decided_at=decided,
                    source=random.choice(CONSENT_SOURCES),
                    verified_at=decided + timedelta(minutes=7) if allowed and random.random() < 0.92 else None,
                )
            )
    return ContactPreference.objects.bulk_create(preferences)


def make_notes(learners: list[Learner], *, now: datetime, random: Random) -> None:
    for learner in learners:
        for text in random.sample(NOTES, random.choice([1, 1, 2])):
            note = Note.objects.create(learner=learner, author=learner.owner, text=text)
            written = now - timedelta(days=random.randrange(1, 40), minutes=random.randrange(600))
            Note.objects.filter(pk=note.pk).update(created_at=written)


def _name(*, is_bengali: bool, random: Random) -> tuple[str, str]:
    """A full name, and the beginning of its email address."""
    if is_bengali:
        first, last = random.choice(list(BENGALI_NAMES)), random.choice(list(BENGALI_SURNAMES))
        return f"{first} {last}", f"{BENGALI_NAMES[first]}.{BENGALI_SURNAMES[last]}"
    first, last = random.choice(NAMES), random.choice(SURNAMES)
    return f"{first} {last}", f"{first}.{last}".lower()
