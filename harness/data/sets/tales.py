"""Tales in a language drawn by the key: English function words and grammar, and invented words for everything else.

Nobody has read them before, so nothing that is known of a public text says what comes next in them. Every tale has one
subject, and what happens in it takes most of its words from it: who remembers which words came before, also a sentence
ago, expects better than who counts the few that stand together.
"""

from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Final, Literal

from harness.data.base import Dataset
from harness.data.corpus import corpus
from harness.data.key import Key
from harness.data.loader import Whole

Kind = Literal["noun", "verb", "adjective"]

CHARACTERS: Final = 212_000
SUBJECTS: Final = 8
WORDS: Final[dict[Kind, int]] = {"noun": 6, "verb": 4, "adjective": 4}  # of each subject, the first the most frequent
LOYAL: Final = 0.95  # share of words that are of the tale's own subject
SENTENCES: Final = (20, 40)  # of a tale

SHORTEST: Final = 3  # letters of an invented word


def listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


STARTS: Final = listed("b d f g k l m n p r s t v z br dr fl gl kr pl st tr th sh")
VOWELS: Final = listed("a e i o u y")
ENDS: Final = ("", "", *listed("n r l m x p ck"))

DETERMINERS: Final = listed("the the the a every some no that this his her their our my its one")
PREPOSITIONS: Final = listed(
    "in on under over behind beside near with without from against through upon above below among"
)
CONJUNCTIONS: Final = listed("and but because while until before after so when although where")
ADVERBS: Final = listed("often never always soon now then slowly again almost still already perhaps once gladly")


def tales(key: Key) -> Dataset:
    """Return tales in four parts, as `corpus` does."""
    language = invented(drawing(key.under("language")))
    written, length, found = 0, 0, list[str]()
    while length < CHARACTERS:
        found.append(tale(language, drawing(key.under("tale", written))))
        written, length = written + 1, length + len(found[-1]) + 1
    return corpus("tales", " ".join(found), "tales in a language that the key invents", key)


def drawing(key: Key) -> Random:
    """Return a generator that takes all 128 bits. Each tale has its own, so that one tells nothing of others."""
    return Random(key.value)  # noqa: S311


Language = tuple[dict[Kind, tuple[str, ...]], ...]  # words by subject and kind


def invented(random: Random) -> Language:
    """Return a language of words that are all different, none of them one of English's.

    Vowels are in harmony: the words of one subject have two of six, and no vowel is one subject's alone.
    """
    taken = {*DETERMINERS, *PREPOSITIONS, *CONJUNCTIONS, *ADVERBS}

    def word(vowels: tuple[str, str]) -> str:
        while True:
            syllables = (random.choice(STARTS) + random.choice(vowels) for _ in range(random.randint(1, 2)))
            made = "".join(syllables) + random.choice(ENDS)
            if len(made) >= SHORTEST and made not in taken:
                taken.add(made)
                return made

    harmonies = random.sample(list(combinations(VOWELS, 2)), SUBJECTS)
    return tuple({k: tuple(word(vowels) for _ in range(n)) for k, n in WORDS.items()} for vowels in harmonies)


def tale(language: Language, random: Random) -> str:
    """Return sentences about one subject."""
    told = Tale(language, random, random.randrange(SUBJECTS), random.choice(("ed", "s")))
    return " ".join(told.sentence() for _ in range(random.randint(*SENTENCES)))


@dataclass(frozen=True)
class Tale:
    """Sentences about one subject in one tense: what a verb ends with."""

    language: Language
    random: Random
    subject: int
    tense: str

    def sometimes(self, share: float) -> bool:
        return self.random.random() < share

    def word(self, kind: Kind) -> str:
        """Draw a word, the second of a subject half as often as the first or a little more, and so on."""
        subject = self.subject if self.sometimes(LOYAL) else self.random.randrange(SUBJECTS)
        words = self.language[subject][kind]
        return self.random.choices(words, [1 / (i + 1) ** 0.7 for i in range(len(words))])[0]

    def sentence(self) -> str:
        start = [self.random.choice(ADVERBS), ","] if self.sometimes(0.15) else []
        found = [*start, *self.clause()]
        while self.sometimes(0.35):
            comma = [","] if self.sometimes(0.5) else []
            found += [*comma, self.random.choice(CONJUNCTIONS), *self.clause()]
        return " ".join(found).replace(" ,", ",") + "."

    def clause(self) -> list[str]:
        adverb = [self.random.choice(ADVERBS)] if self.sometimes(0.35) else []
        said = [*self.someone(), *adverb, self.word("verb") + self.tense]
        where = self.random.random()
        if where < 0.5:
            return said + self.someone()
        return [*said, self.random.choice(PREPOSITIONS), *self.someone()] if where < 0.85 else said

    def someone(self, more: float = 0.3) -> list[str]:
        """Return who or what it is about, and where that is in a share `more` of them."""
        very = ["very"] if self.sometimes(0.12) else []
        adjective = [*very, self.word("adjective")] if very or self.sometimes(0.32) else []
        found = [self.random.choice(DETERMINERS), *adjective, self.word("noun")]
        return [*found, self.random.choice(PREPOSITIONS), *self.someone(0)] if self.sometimes(more) else found


DATASET = Whole("tales", tales, invented=True)
