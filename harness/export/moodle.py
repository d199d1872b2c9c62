"""Moodle's grading worksheet, in whichever language it is, and any other table whose columns somebody named."""

import re
from collections.abc import Mapping
from decimal import Decimal

from harness.errors import UsageError
from harness.export.layout import GradeColumn, Layout, Role, Roles
from harness.export.number import read_number
from harness.export.person import Id, Ids, WorksheetRow, fold
from harness.export.sheet import Row, Sheet

NAME, TABLE = "Moodle", "a table"

# Headers as they are in English, German, Spanish, French, Dutch and Portuguese; others are told by `--columns`.
WORDS: dict[Role, set[str]] = {
    Role.IDENTIFIER: {"identifier", "id", "identificador", "identifiant", "identificatie"},
    Role.NAME: {"full name", "vollständiger name", "nombre completo", "nom complet", "volledige naam", "nome completo"},
    Role.NUMBER: {"id number", "id-nummer", "número de id", "numéro d’identification", "número de identificação"},
    Role.LOGIN: {"username", "anmeldename", "nombre de usuario", "nom d’utilisateur", "gebruikersnaam"},
    Role.EMAIL: {"email address", "e-mail-adresse", "dirección de correo", "adresse de courriel", "e-mailadres"},
    Role.GROUP: {"group", "gruppe", "grupo", "groupe", "groep"},
    Role.GRADE: {"grade", "bewertung", "calificación", "note", "beoordeling", "nota"},
    Role.MAXIMUM: {"maximum grade", "bestwertung", "calificación máxima", "note maximale", "maximale beoordeling"}
    | {"nota máxima"},
    Role.FEEDBACK: {"feedback comments", "feedback als kommentar", "comentarios de retroalimentación"},
    Role.CHANGEABLE: {"grade can be changed", "bewertung kann geändert werden", "la note peut être modifiée"}
    | {"nota pode ser alterada"},
}
SCALE = {"scale", "skala", "escala", "barème", "schaal"}
NO = {"no", "nein", "non", "nee", "não"}
_IDS = {Role.NUMBER: Id.NUMBER, Role.LOGIN: Id.LOGIN, Role.EMAIL: Id.EMAIL}
_NUMBERED = re.compile(r"\D*(\d+)")


def recognise(sheet: Sheet, named: Roles) -> Layout | None:
    """Return the layout of a worksheet; None for another file. `named` are columns that somebody named.

    Raises UsageError for a worksheet with a scale of words, into which no points go.
    """
    roles = {**_by_words(sheet), **named}
    if Role.GRADE not in roles or not ({Role.IDENTIFIER, Role.NAME, *_IDS} & {*roles}):
        return None
    if Role.IDENTIFIER not in roles and Role.GRADE not in named:
        return None
    if any(fold(title) in SCALE for title in sheet.header):
        raise UsageError("Expected an assignment marked in points, received one with a scale of words; mark it there.")
    rows = range(1, len(sheet.rows))
    maxima = {i: m for i in rows if (m := _maximum(sheet.rows[i], roles))}
    stays = {(i, roles[Role.GRADE]): "locked in Moodle's gradebook" for i in rows if _locked(sheet.rows[i], roles)}
    grade = GradeColumn(roles[Role.GRADE], sheet.header[roles[Role.GRADE]])
    columns = [roles[r] for r in (Role.GRADE, Role.MAXIMUM) if r in roles]
    return Layout(
        NAME if Role.IDENTIFIER in roles else TABLE,
        tuple(_listed(sheet.rows[i], i, roles) for i in rows),
        (grade,),
        roles.get(Role.FEEDBACK),
        stays,
        maxima,
        tuple(sheet.rows[i].plain(c) for i in rows for c in columns),
    )


def _by_words(sheet: Sheet) -> dict[Role, int]:
    """Return the columns whose headers are known; the name is beside the identifier, unless marking is blind."""
    titles = [fold(title) for title in sheet.header]
    found = {role: i for role, words in WORDS.items() for i in range(len(titles) - 1, -1, -1) if titles[i] in words}
    beside = found.get(Role.IDENTIFIER, -2) + 1
    if Role.NAME not in found and beside > 0 and beside not in found.values() and _are_names(sheet, beside):
        found[Role.NAME] = beside
    return found


def _are_names(sheet: Sheet, column: int) -> bool:
    """Say whether a column whose header is not known holds names: words of letters, different ones."""
    said = [row.plain(column) for row in sheet.rows[1:]]
    wordy = all(" " in text and " - " not in text and not any(c.isdigit() for c in text) for text in said)
    return bool(said) and wordy and len(set(said)) > len(said) // 2


def _maximum(row: Row, roles: Mapping[Role, int]) -> Decimal | None:
    found = read_number(row.plain(roles[Role.MAXIMUM])) if Role.MAXIMUM in roles else None
    return found if found and found > 0 else None


def _locked(row: Row, roles: Mapping[Role, int]) -> bool:
    return Role.CHANGEABLE in roles and fold(row.plain(roles[Role.CHANGEABLE])) in NO


def _listed(row: Row, i: int, roles: Mapping[Role, int]) -> WorksheetRow:
    ids: Ids = tuple((kind, row.plain(roles[r])) for r, kind in _IDS.items() if r in roles and row.plain(roles[r]))
    if Role.IDENTIFIER in roles and (found := _NUMBERED.fullmatch(row.plain(roles[Role.IDENTIFIER]))):
        ids = ((Id.PARTICIPANT, found[1]), *ids)
    name, group = (row.plain(roles[r]) if r in roles else "" for r in (Role.NAME, Role.GROUP))
    return WorksheetRow(i, row.line, name, ids, group)
