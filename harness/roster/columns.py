"""What a column of a class list holds, told by its head as platforms write it in several languages."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

NAME, FIRST, LAST = "name", "first_name", "last_name"
FIELDS: Final = ("user_id", "login", "sis_id", "email", "participant")  # those of `platforms.model.Identity`

# Canvas, Moodle, Gradescope, Blackboard, Brightspace and GitHub; Moodle in English, German, French and Spanish.
HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    NAME: (
        "student", "name", "full name", "student name", "participant", "display name",
        "vollständiger name", "nom complet", "nombre completo", "studierende/r",
    ),
    FIRST: ("first name", "firstname", "given name", "vorname", "prénom", "nombre", "nombre(s)"),
    LAST: (
        "last name", "lastname", "surname", "family name", "nachname", "familienname", "nom", "nom de famille",
        "apellido(s)", "apellidos",
    ),
    "user_id": ("id", "user id", "canvas id", "identifier", "identifiant", "identificador"),
    "login": (
        "login", "sis login id", "student_id", "username", "user name", "github_username", "github username",
        "anmeldename", "nom d'utilisateur", "nombre de usuario",
    ),
    "sis_id": (
        "sis user id", "sis id", "sid", "student id", "id number", "orgdefinedid", "matriculation number",
        "student number", "id-nummer", "matrikelnummer", "numéro d'identification", "número de id",
    ),
    "email": (
        "email", "e-mail", "mail", "email address", "e-mail address", "e-mail-adresse", "adresse de courriel",
        "dirección de correo", "dirección email",
    ),
}  # fmt: skip
_BY_HEAD: Final = {head: field for field, heads in HEADS.items() for head in heads}


def field_of(head: str) -> str:
    """Return what a column of this head holds; empty where that is not known."""
    return _BY_HEAD.get(plain(head), "")


def plain(text: str) -> str:
    """Return words as they are compared: one case, one kind of apostrophe, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())


def of_heads(heads: Iterable[str]) -> dict[str, int]:
    """Return the place of each field in a line of heads, the first one where two have the same meaning."""
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        if field := field_of(head):
            found.setdefault(field, place)
    return found


def value_of(field: str, text: str) -> tuple[str, str]:
    """Return the field and the text that a cell gives: of `="=name"` the name, of `#jdoe` the user.

    `Participant 8812345`, whatever the language, is Moodle's number of the person in one assignment.
    """
    quoted = re.fullmatch(r'="(.*)"', text.strip())
    value = (quoted[1] if quoted else text).strip()
    if field in ("login", "sis_id"):
        return field, value.removeprefix("#")
    if field == "user_id" and (found := re.fullmatch(r"\D{3,}?(\d+)", value)):
        return "participant", found[1]
    return field, value
