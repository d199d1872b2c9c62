"""How names look: which are alike to the eye, and which letters can be read at all.

After the idea of Unicode Technical Standard 39, Unicode Security Mechanisms: names that share a skeleton look alike,
and a name is written in one script. Only scripts that many people read are taken, so that few look-alikes are left.
"""

import unicodedata

# Shown as nothing though they count as letters, marks or symbols: fillers, joiners, variation selectors, an empty cell.
BLANK = {
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x1D159),
    *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),
}  # fmt: skip


def alike(pairs: str) -> dict[int, int]:
    """Return a table for `str.translate` from pairs: a character, and the Latin one that it looks like."""
    return str.maketrans("".join(pair[0] for pair in pairs.split()), "".join(pair[1] for pair in pairs.split()))


# Small letters, then capitals in small: the two forms of one letter may look like different ones (Greek eta: n and H).
SMALL = alike(
    "аa б6 гr еe оo кk пn рp сc уy хx іl јj ѕs һh ԁd ԛq ԝw ьb ҽe"
    " αa βb γy εe ιl κk ηn νv οo ρp τt υu χx ωw ϲc ϳj 1l il 0o"
)
CAPITALS = alike(
    "аa вb еe кk мm нh оo рp сc тt уy хx іl јj ѕs ԍg ԛq ԝw ьb з3 αa βb εe ζz ηh ιl κk μm νn οo ρp τt υy χx ϲc 1l il 0o"
)
SYMBOLS = str.maketrans("|$@€£", "lsael")
PAIRS = (("rn", "m"), ("vv", "w"))

ONE_OF = {"LATIN", "GREEK", "CYRILLIC"}  # whose letters look alike: a name holds those of one
OTHERS = {
    "ARABIC", "ARMENIAN", "BENGALI", "CJK", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "HANGUL",
    "HEBREW", "HIRAGANA", "KANNADA", "KATAKANA", "KATAKANA-HIRAGANA", "KHMER", "LAO", "MALAYALAM", "MYANMAR", "ORIYA",
    "SINHALA", "TAMIL", "TELUGU", "THAI", "TIBETAN",
}  # fmt: skip
LATIN = set("abcdefghijklmnopqrstuvwxyzßæøłđðþœħŋə")


def visible(text: str) -> str:
    """Return text without characters that are shown as nothing."""
    return "".join(c for c in text if ord(c) not in BLANK)


def folded(text: str) -> str:
    """Return letters and digits only, as they compare: without case, accents, width, spaces, and what looks alike."""
    return skeleton(letters(text), SMALL)


def faces(text: str) -> frozenset[str]:
    """Return what a name can be taken for; two names look alike where they have one of these in common."""
    read = {letters(text), letters(text.translate(SYMBOLS))}
    return frozenset(skeleton(kept, table) for kept in read for table in (SMALL, CAPITALS)) - {""}


def letters(text: str) -> str:
    """Return letters and digits only, in small letters without accents, and digits of any script as 0 to 9."""
    return "".join(c if c.isascii() else str(unicodedata.decimal(c, c)) for c in plain(text) if c.isalnum())


def skeleton(kept: str, table: dict[int, int]) -> str:
    kept = kept.translate(table)
    for pair, letter in PAIRS:
        kept = kept.replace(pair, letter)
    return kept


def plain(text: str) -> str:
    """Return text in small letters with accents, widths and ligatures taken apart."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", visible(text)).casefold())


def misleading(text: str) -> str:
    """Say in a few words what letters could pass for others, nothing if none could."""
    found = {c for c in plain(text) if c.isalpha()}
    scripts = {script(c) for c in found}
    if len(scripts & ONE_OF) > 1:
        return "letters of one script"
    if scripts - ONE_OF - OTHERS or any(script(c) == "LATIN" and c not in LATIN for c in found):
        return "letters that everybody knows"
    apart = f" {text} "
    beside = any(
        not c.isascii() and unicodedata.category(c)[0] == "S" and (a + b).strip()
        for a, c, b in zip(apart, apart[1:], apart[2:], strict=False)
    )
    return "signs that stand apart from letters" if beside else ""


def script(letter: str) -> str:
    """Return the script of a letter, by the first word of its name in Unicode."""
    return unicodedata.name(letter, "?").split()[0]
