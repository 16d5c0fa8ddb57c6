"""Words that never reach a learner: a warning tone harms, and most people prefer support (design: product rules).

A star stands for any ending. Every text is read for the words of every language.
"""

from .reading import any_of, in_words

BANNED = {
    "en": frozenset(
        {
            "at risk", "high risk", "risk score", "risk level", "your risk",
            "fail*", "flunk*", "drop out", "drops out", "dropping out", "dropped out", "dropout*",
            "fall behind", "falls behind", "falling behind", "fallen behind", "fell behind", "lag* behind",
            "left behind", "you are behind", "you're behind",
            "blame*", "your fault", "lazy", "laziness", "careless*", "irresponsible", "neglect*", "excuses",
            "no excuse", "disappoint*", "asham*", "shame*", "you should have", "you never",
            "other learners", "other students", "other participants", "classmate*", "your peers", "everyone else",
            "the rest of the class", "everybody else", "most learners", "most students", "ahead of you",
            "unlike others", "class average", "than others", "than most", "compared to", "compared with",
            "in danger", "stupid", "low performance", "your score is low", "lose your place", "last opportunity",
            "last chance", "final warning", "last warning", "expel*", "kicked out", "punish*", "penalt*",
        }
    ),
    "bn": frozenset(
        {
            "ঝুঁকি*", "ব্যর্থ*", "ফেল", "ফেল করা*", "অকৃতকার্য*", "ঝরে পড়*", "ঝরে যা*", "কোর্স ছেড়ে*", "পিছিয়ে*",
            "দোষ*", "অলস*", "অবহেলা*", "গাফিলতি*", "লজ্জা*", "হতাশ*", "দুর্বল*",
            "অন্যদের তুলনায়*", "অন্যদের চেয়ে*", "অন্যদের থেকে*", "অন্য শিক্ষার্থী*", "সহপাঠী*", "বাকিদের*", "সবার পেছনে", "ফেইল*",
            "সবাই এগিয়ে*", "খারাপ ফল*",
            "শেষ সুযোগ*", "শেষ সতর্ক*", "শাস্তি*", "বহিষ্কার*",
        }
    ),
}  # fmt: skip

# A language model that talks about itself, or repeats what it was told, has been led astray.
MACHINE_TALK = frozenset(
    {
        "as an ai", "language model*", "chatgpt", "openai", "system prompt*", "previous instructions",
        "prior instructions", "my instructions", "these instructions", "json", "placeholder*",
        "here is the message", "here's the message", "here is a message", "here's a message",
        "i cannot", "i can't", "i'm sorry but",
        "এআই", "ভাষা মডেল*",
    }
)  # fmt: skip

_PATTERNS = [any_of(phrases) for phrases in BANNED.values()]
_MACHINE_TALK = any_of(MACHINE_TALK)


def banned_words_in(text: str) -> list[str]:
    words = in_words(text)
    return list(dict.fromkeys(match[0] for pattern in _PATTERNS for match in pattern.finditer(words)))


def machine_talk_in(text: str) -> list[str]:
    return list(dict.fromkeys(_MACHINE_TALK.findall(in_words(text))))
