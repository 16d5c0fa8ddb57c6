"""What a text states as true: numbers, days and names. Nobody may state one that is not in the facts. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from .reading import LETTER, any_of, in_words, plain

NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 1_000_000, "zero": 0,
    "half": None, "quarter": None, "dozen": None, "twice": None, "thrice": None,
    "দুই": 2, "দুটি": 2, "দুটো": 2, "তিন": 3, "তিনটি": 3, "চার": 4, "চারটি": 4, "পাঁচ": 5, "পাঁচটি": 5, "ছয়": 6, "ছয়টি": 6,
    "সাত": 7, "সাতটি": 7, "আট": 8, "আটটি": 8, "নয়টি": 9, "দশ": 10, "দশটি": 10, "এগারো": 11,
    "বারো": 12, "তেরো": 13, "চৌদ্দ": 14, "পনেরো": 15,
    "ষোলো": 16, "সতেরো": 17, "আঠারো": 18, "উনিশ": 19, "বিশ": 20, "কুড়ি": 20, "ত্রিশ": 30,
    "চল্লিশ": 40, "পঞ্চাশ": 50, "ষাট": 60, "সত্তর": 70, "আশি": 80, "নব্বই": 90,
    "একশো": 100, "একশ": 100, "হাজার": 1000, "অর্ধেক": None, "ডজন": None,
}  # fmt: skip
DAYS = frozenset(
    {
        "monday*", "tuesday*", "wednesday*", "thursday*", "friday*", "saturday*", "sunday*",
        "january", "february", "april", "june", "july", "august", "september", "october", "november", "december",
        "tomorrow", "yesterday", "tonight", "next week", "next month", "midnight", "noon",
        "সোমবার*", "মঙ্গলবার*", "বুধবার*", "বৃহস্পতিবার*", "শুক্রবার*", "শনিবার*", "রবিবার*",
        "জানুয়ারি*", "ফেব্রুয়ারি*", "মার্চ*", "এপ্রিল*", "জুন", "জুলাই*", "আগস্ট*", "সেপ্টেম্বর*", "অক্টোবর*", "নভেম্বর*",
        "ডিসেম্বর*", "আগামীকাল*", "গতকাল*", "আগামী সপ্তাহ*", "আগামী মাস*",
    }
)  # fmt: skip
GREETINGS = frozenset({"dear", "hello", "hey", "hi", "প্রিয়", "হাই", "হ্যালো", "ওহে"})
# Words that follow a greeting, open a clause before a comma, or close a letter, and are nobody's name.
NO_NAMES = frozenset(
    {
        "again", "also", "best", "bravo", "cheers", "congratulations", "congrats", "excellent", "fantastic", "finally",
        "first", "friend", "good", "great", "i", "i'd", "i'll", "i'm", "i've", "kind", "kindly", "learner", "looking",
        "many", "next", "nice", "no", "now", "ok", "okay", "please", "remember", "regards", "sincerely", "so", "sure",
        "take", "thank", "thanks", "then", "there", "today", "warm", "warmly", "welcome", "well", "when", "wishes",
        "wonderful", "yes", "yours", "you", "your", "care", "hope",
        "শিক্ষার্থী", "বন্ধু", "আপনি", "আবার", "সবাই",
    }
)  # fmt: skip

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORD = any_of(frozenset(NUMBER_WORDS))
_VALUE_OF_WORD = {in_words(word): value for word, value in NUMBER_WORDS.items()}
_DAY = any_of(DAYS)
_NO_NAMES = frozenset(in_words(word) for word in NO_NAMES)
_GREETED = re.compile(
    rf"(?<!{LETTER})(?:{'|'.join(in_words(word) for word in GREETINGS)})[ ,]+({LETTER}[{LETTER[1:-1]}'.]*)"
)
_CAPITALISED = re.compile(rf"(?<![{LETTER[1:-1]}'’])[A-Z{chr(0xC0)}-{chr(0xDE)}][{LETTER[1:-1]}'’]*")
_CALLED = re.compile(rf"^{_CAPITALISED.pattern}(?=,)|(?<=, ){_CAPITALISED.pattern}(?=[.!?]?$)")
_BEFORE_A_SENTENCE = frozenset('.!?…:;\n"“(–—\ufe0f')


def numbers_stated(text: str, known: Iterable[Decimal | int]) -> list[str]:
    """Numbers in `text`, in digits of any script or in words, that are not among `known`."""
    allowed = {Decimal(number) for number in known}
    in_digits = [number for number in _NUMBER.findall(plain(text)) if _value(number) not in allowed]
    in_letters = [word for word in _NUMBER_WORD.findall(in_words(text)) if _VALUE_OF_WORD[word] not in allowed]
    return list(dict.fromkeys(in_digits + in_letters))


def days_stated(text: str) -> list[str]:
    """Weekdays, months and such: the facts hold none."""
    return list(dict.fromkeys(_DAY.findall(in_words(text))))


def names_stated(text: str) -> list[str]:
    """Words that look like the name of somebody or something: the writer was told none.

    That is a capital letter inside a sentence, a word set off by a comma at its beginning, a line of capitalised words
    alone (a signature), and whoever is greeted, in Bengali too. It may see a name in an honest word; then a template
    is used, which does no harm.
    """
    text = plain(text)
    greeted = [word.rstrip(".'") for word in _GREETED.findall(in_words(text))]
    suspects = [match[0] for match in _CAPITALISED.finditer(text) if _is_set_apart(match, text)]
    signed = [line.strip() for line in text.splitlines() if _is_a_name_alone(line)]
    return list(dict.fromkeys(word for word in suspects + greeted + signed if in_words(word) not in _NO_NAMES))


def names_called(subject: str) -> list[str]:
    """Names at the beginning or end of a subject, set off by a comma, and whoever is greeted in it. Its other capitals
    say nothing: titles have them."""
    called = _CALLED.findall(plain(subject).strip()) + [
        word.rstrip(".'") for word in _GREETED.findall(in_words(subject))
    ]
    return list(dict.fromkeys(word for word in called if in_words(word) not in _NO_NAMES))


def is_written_in(language: str, text: str) -> bool:
    """Whether the letters are those of the language: mostly Bengali for "bn", Latin alone for others."""
    letters = [char for char in plain(text) if unicodedata.category(char).startswith("L")]
    bengali = sum("\u0980" <= char <= "\u09ff" for char in letters)
    if language == "bn":
        return 2 * bengali >= len(letters)
    return bengali == 0


def foreign_letters(text: str) -> list[str]:
    """Letters of scripts that no language of ours uses; some look like ours, and hide a word from every check."""
    return [
        char
        for char in dict.fromkeys(plain(text))
        if char.isalpha() and not unicodedata.name(char, "").startswith(("LATIN", "BENGALI"))
    ]


def _value(number: str) -> Decimal | None:
    """ "1,000" and "12.5" as numbers; None for what is none, such as a date with dots."""
    try:
        return Decimal(re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", "."))
    except InvalidOperation:
        return None


def _is_set_apart(match: re.Match[str], text: str) -> bool:
    before = text[: match.start()].rstrip(" \t")[-1:]
    begins_a_sentence = not before or before in _BEFORE_A_SENTENCE or unicodedata.category(before) == "So"
    return not begins_a_sentence or text[match.end() : match.end() + 1] == ","


def _is_a_name_alone(line: str) -> bool:
    words = re.findall(r"[^\s,]+", line)
    are_capitalised = all(_CAPITALISED.fullmatch(word) for word in words)
    return 0 < len(words) <= 3 and are_capitalised and in_words(words[0]) not in _NO_NAMES
