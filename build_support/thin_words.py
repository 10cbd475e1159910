"""Makes resources/words/words_th.txt out of PyThaiNLP's word list: compounds whose parts are words are left out.

    python build_support/thin_words.py words_th.txt resources/words/whole_th.txt resources/words/words_th.txt

A line may be broken inside a compound as well, and each letter of the list costs about 120 bytes of memory while the
program runs. Parts shorter than four letters do not count: they would cut words into syllables. The words of
whole_th.txt are kept whole: nobody wants to see them parted on an official paper.
"""

import sys
from pathlib import Path

SHORTEST_PART = 4
HANGS_ON = frozenset("ะัาำิีึืฺุูๅๆฯ็่้๊๋์ํ๎")


def is_compound(word: str, words: frozenset[str]) -> bool:
    """Whether `word` is two or more of the other words, none beginning with a mark."""
    ends = {0}
    for start in range(len(word)):
        if start in ends and (start == 0 or word[start] not in HANGS_ON):
            for end in range(start + SHORTEST_PART, len(word) + 1):
                if end - start < len(word) and word[start:end] in words:
                    ends.add(end)
    return len(word) in ends


def main(source: Path, whole: Path, target: Path) -> None:
    """Write the thinned list in the order of the source, and behind it the words that stay whole."""
    words = source.read_text("utf-8").split()
    known = frozenset(words)
    kept = [word for word in words if not is_compound(word, known)]
    kept += sorted(set(whole.read_text("utf-8").split()) - set(kept))
    target.write_text("\n".join(kept) + "\n", "utf-8")
    print(f"{len(words):,} words, {len(kept):,} kept")


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:4]))
