"""Columns that say who somebody is: age, sex, origin, religion … recognised by their names, German and English.

The kinds are those of the European Charter (article 21) and the German equality law (AGG, section 1), with family
status and pregnancy. A name counts only as whole words: "Alter" does, "Alternative" and "average" do not.
"""

from __future__ import annotations

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS: dict[str, frozenset[str]] = {
    "age": _words(
        "age ages alter lebensalter kundenalter patientenalter altersgruppe altersklasse agegroup birthdate birthday "
        "birthyear dob yob geburtsdatum geburtstag geburtsjahr jahrgang"
    ),
    "sex": _words("sex gender geschlecht male female maennlich weiblich transgender ismale isfemale"),
    "origin": _words(
        "race racial ethnicity ethnic ethnie ethnisch ethnische ethnizitaet rasse hautfarbe nationality nationalitaet "
        "citizenship staatsangehoerigkeit staatsbuergerschaft immigrant migrant migrationshintergrund auslaender "
        "gastarbeiter geburtsland geburtsort birthplace birthcountry nativecountry"
    ),
    "religion": _words("religion religious religioes konfession kirchenzugehoerigkeit faith glaube"),
    "disability": _words(
        "disability disabilities disabled handicap handicapped behinderung behindert schwerbehinderung "
        "schwerbehindert behinderungsgrad"
    ),
    "family": _words("marital married familienstand verheiratet ledig geschieden verwitwet divorced widowed"),
    "pregnancy": _words("pregnant pregnancy pregnancies schwanger schwangerschaft schwangerschaften"),
    "orientation": _words("lgbt lgbtq homosexual heterosexual homosexuell heterosexuell"),
}
_PHRASES: dict[str, tuple[tuple[str, ...], ...]] = {
    "age": (("birth", "date"), ("date", "of", "birth"), ("birth", "year"), ("year", "of", "birth")),
    "origin": (
        *(("skin", "color"), ("skin", "colour"), ("national", "origin"), ("ethnische", "herkunft")),
        *(("native", "country"), ("country", "of", "birth"), ("place", "of", "birth"), ("foreign", "worker")),
    ),
    "family": (("civil", "status"), ("personal", "status")),
    "orientation": (("sexual", "orientation"), ("sexuelle", "orientierung"), ("sexuelle", "identitaet")),
}
# With one of these beside it, an age or a race is that of a thing …
_OF_THINGS = _words(
    "account konto credit loan kredit vertrag contract car vehicle auto fahrzeug machine maschine device house home "
    "haus building gebaeude property wohnung company firma unternehmen firm policy engine battery tree baum wine wein "
    "bottle stock inventory lager site page domain song track horse lap card"
)
# … unless one of these is there, too.
_OF_PEOPLE = _words(
    "person people applicant customer client driver patient owner holder employee borrower buyer user member student "
    "kunde kunden antragsteller fahrer halter besitzer mitarbeiter nutzer mitglied schueler versicherter"
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def sensitive(name: str) -> str | None:
    """The kind of sensitive column a name speaks of ("age", "sex", "origin", …), or None."""
    words = words_of(name)
    of_things = bool(set(words) & _OF_THINGS) and not set(words) & _OF_PEOPLE
    for kind, known in _WORDS.items():
        if known & set(words) and not (of_things and kind in ("age", "origin")):
            return kind
    for kind, phrases in _PHRASES.items():
        if any(_contains(words, phrase) for phrase in phrases):
            return kind
    return None


def words_of(name: str) -> list[str]:
    """The words of a column's name, in lower case: "PersonAge", "person_age" and "Person Age 2" alike."""
    text = unicodedata.normalize("NFC", name)
    text = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-ZÄÖÜ])(?=[A-ZÄÖÜ][a-zäöüß])", " ", text)
    return re.findall(r"[^\W\d_]+", text.lower().translate(_UMLAUTS))


def _contains(words: list[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[start : start + len(phrase)]) == phrase for start in range(len(words)))
