"""Invented text for full databases: the same for the same seed, of about the lengths that real articles have."""

from __future__ import annotations

from itertools import accumulate
from random import Random

_SYLLABLES = {
    "en": "a be con der el for gen her in jus ker lo mar new or per qua re sta ter un ver wil ying al est ment",
    "de": "an be der ein für ge hei ich kei lan mög nah ob pfle rück schaft ter über ver wäh zei ung heit lich",
    "fr": "à be con dé el fê gé hô in jus lé ma né ou pré que ré sur té un vé tion ment eur aux",
    "es": "a ba con de es fue gan ha in jo la ma ño or pe que ra so ta un ver za ción dad mente",
    "zh": "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家",
}
WORDS, SENTENCES = 3000, 2000


class Prose:
    """Sentences of a language; common words are common, as in any text."""

    def __init__(self, language: str, seed: int):
        rng = Random(f"{seed} {language}")
        syllables = _SYLLABLES[language].split() if language != "zh" else _SYLLABLES[language]
        words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(WORDS)]
        weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
        gap, stop = ("", "。") if language == "zh" else (" ", ".")
        self._gap, self._letters = gap, 3 if language == "zh" else 1
        self._sentences = [
            gap.join(rng.choices(words, cum_weights=weights, k=rng.randint(8, 26))).capitalize() + stop
            for _ in range(SENTENCES)
        ]

    def text(self, rng: Random, chars: int) -> str:
        """Paragraphs, one a line; of Chinese a third, which says as much."""
        lines, length = [], 0
        while length * self._letters < chars:
            lines.append(self._gap.join(rng.choices(self._sentences, k=rng.randint(1, 4))))
            length += len(lines[-1]) + 1
        return "\n".join(lines)

    def line(self, rng: Random, chars: int) -> str:
        """One line of at most so many characters."""
        return rng.choice(self._sentences)[:chars].strip()
