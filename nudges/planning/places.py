"""Which text of a batch fits whom: worked out once for every kind of learner, of which there are a few hundred.

Pure. A place is one channel, language of a learner, situation and arm, numbered so that a database can work it out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

SITUATIONS: Final = 16
ARMS: Final = ("a", "b")


@dataclass(frozen=True)
class Words:
    """What must be known of a wording to choose it. `template_id` is that of a text that is a template's as it is."""

    pk: int
    channel: str
    language: str
    situation: int
    arm: str
    turn: int
    needs: int
    template_id: int | None
    is_approved: bool = False


@dataclass(frozen=True)
class Places:
    channels: Sequence[str]
    languages: Sequence[str]  # of learners; the first is the site's
    words: Sequence[Words]

    @property
    def has_two_arms(self) -> bool:
        return any(word.arm == ARMS[1] for word in self.words)

    @property
    def has_various_needs(self) -> bool:
        """In one place a text names a fact that another does not: who lacks it may get the other."""
        needs: dict[tuple[str, str, int, str], set[int]] = {}
        for word in self.words:
            needs.setdefault((word.channel, word.language, word.situation, word.arm), set()).add(word.needs)
        return any(len(various) > 1 for various in needs.values())

    @property
    def templates(self) -> list[int]:
        return sorted({word.template_id for word in self.words if word.template_id is not None})

    @property
    def approved(self) -> frozenset[str]:
        """The channels all of whose texts the provider approved."""
        spoken = {word.channel for word in self.words}
        return frozenset(spoken - {word.channel for word in self.words if not word.is_approved})

    def number(self, channel: str, language: str, situation: int, arm: str) -> int:
        channels, languages = self.channels.index(channel), self.languages.index(language)
        return ((channels * len(self.languages) + languages) * SITUATIONS + situation) * len(ARMS) + ARMS.index(arm)

    def number_sql(self, *, channel: str, language: str, situation: str, is_arm_b: str) -> str:
        channels, languages = _index_sql(channel, self.channels), _index_sql(language, self.languages)
        place = f"(({channels} * {len(self.languages)} + {languages}) * {SITUATIONS} + {situation}) * {len(ARMS)}"
        return f"({place} + CASE WHEN {is_arm_b} THEN 1 ELSE 0 END)"

    def texts_at(self, channel: str, language: str, situation: int, arm: str) -> list[Words]:
        """The texts for these learners, the first one first: in their language, else the site's, else the only one;
        for their situation, else for everyone; of their arm, else the only one."""
        words = [word for word in self.words if word.channel == channel]
        spoken = {word.language for word in words}
        chosen = next((code for code in (language, self.languages[0]) if code in spoken), min(spoken, default=""))
        words = [word for word in words if word.language == chosen]
        words = [word for word in words if word.situation == situation] or [
            word for word in words if not word.situation
        ]
        words = [word for word in words if word.arm == arm] or [word for word in words if word.arm == ARMS[0]]
        return sorted(words, key=lambda word: word.turn)

    def rows(self) -> Iterator[tuple[int, int, Words | None]]:
        """Each place, the turns there from 0 on, and their texts; a place that has none once, with None."""
        for channel in self.channels:
            for language in self.languages:
                for situation in range(SITUATIONS):
                    for arm in ARMS:
                        place = self.number(channel, language, situation, arm)
                        texts = self.texts_at(channel, language, situation, arm)
                        yield from ((place, turn, word) for turn, word in enumerate(texts or [None]))


def _index_sql(column: str, values: Sequence[str]) -> str:
    """The place of a column's value in `values`; 0 for any other."""
    cases = "".join(f" WHEN '{value}' THEN {index}" for index, value in enumerate(values) if index)
    return f"CASE {column}{cases} ELSE 0 END" if cases else "0"
