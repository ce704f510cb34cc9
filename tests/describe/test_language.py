"""The language of a text; sentences are invented."""

from __future__ import annotations

import pytest

from newscrawl.describe.language import identify_language

ENGLISH = (
    "The harbour board met on Monday and agreed, after four hours, to deepen the channel for larger ships, which "
    "have had to wait at anchor for the tide since the last dredging eleven years ago."
)
GERMAN = (
    "Der Hafenrat hat am Montag nach vierstündiger Sitzung beschlossen, die Fahrrinne für größere Schiffe zu "
    "vertiefen, die seit der letzten Ausbaggerung vor elf Jahren vor Anker auf die Flut warten müssen."
)
GALICIAN = (
    "O consello do porto acordou o luns, despois de catro horas, afondar a canle para os barcos máis grandes, que"
    " tamén teñen que agardar pola marea dende fai once anos, cando se fixo a última draga, pero aínda non se "
    "sabe cando rematará a obra."
)
NYNORSK = (
    "Hamnestyret vedtok på måndag, etter fire timar, å gjere leia djupare for større skip, som i elleve år har "
    "måtta vente på flo sjø utanfor hamna, og arbeidet skal ta til når våren kjem."
)
ZULU = (
    "Ibhodi lasethekwini livumelane ngoMsombuluko ukuthi kujuliswe umsele wemikhumbi emikhulu, futhi lathi "
    "umsebenzi uzoqala entwasahlobo kanye nasebusika, ngoba imikhumbi ilinda iminyaka eminingi lapho uma ulwandle"
    " luphansi, kusho usihlalo."
)


@pytest.mark.parametrize(
    ("text", "declared", "tag", "method"),
    [
        (ENGLISH, None, "en", "langdetect"),
        (ENGLISH, "zh-Hant", "en", "langdetect"),  # a portal's language
        (ENGLISH, "de-DE", "en", "langdetect"),
        (GERMAN, "en", "de", "langdetect"),
        (GALICIAN, None, "gl", "words"),  # langdetect knows Portuguese and Spanish only
        (NYNORSK, "nn-NO", "nn", "declared"),  # and Norwegian as such
        (ZULU, "en-ZA", "zu", "words"),  # langdetect is sure of Swahili
        (
            "港務局週一開會四小時後決定加深航道，讓較大的船隻進港，過去十一年這些船隻都要等待潮水。",
            "en",
            "zh-Hant",
            "script",
        ),
        (
            "港务局周一开会四小时后决定加深航道，让较大的船只进港，过去十一年这些船只都要等待潮水。",
            "zh-Hant",
            "zh-Hans",
            "script",
        ),
        ("港湾局は月曜日、四時間の会議の末に航路を深くすることを決めた。", None, "ja", "script"),
        ("항만청은 월요일 네 시간 회의 끝에 항로를 깊게 하기로 했다.", None, "ko", "script"),
        ("Το λιμενικό συμβούλιο αποφάσισε τη Δευτέρα.", "en", "el", "script"),
        ("המועצה החליטה ביום שני להעמיק את התעלה.", None, "he", "script"),
        ("דער ראַט האָט מאָנטיק באַשלאָסן צו פֿאַרטיפֿן דעם קאַנאַל.", "yi", "yi", "script"),
        ("COVID-19 update", "en", None, "none"),  # Romanian to langdetect, 60 times of 60
        ("12 345 €", "en", None, "none"),
        ("", None, None, "none"),
        ("🚢🚢🚢 https://x.example", None, None, "none"),
    ],
)
def test_identify(text: str, declared: str | None, tag: str | None, method: str) -> None:
    language = identify_language(text, declared)
    assert (language.tag, language.method, language.declared) == (tag, method, declared)


def test_the_answer_is_the_same_every_time() -> None:
    mixed = "Otec matka syn a dcera šli do lesa na houby, ale nikdo z nich nic nenašel, protože bylo dlouho sucho."
    answers = {identify_language(mixed, None) for _ in range(10)}
    assert len(answers) == 1


def test_a_long_text_costs_no_more_than_its_start() -> None:
    assert identify_language(ENGLISH * 20_000, None).tag == "en"
