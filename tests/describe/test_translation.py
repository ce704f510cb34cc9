"""Pages that say that a machine translated them, and stories about translation."""

from __future__ import annotations

import pytest

from newscrawl.describe import machine_translation


@pytest.mark.parametrize(
    "notice",
    [
        "This article was machine translated from Portuguese.",
        "This story has been translated automatically and may hold errors",
        "Translated by AI",
        "Machine translation",
        "Automatically translated from Japanese",
        "Dieser Artikel wurde automatisch aus dem Englischen übersetzt.",
        "Cet article a été traduit automatiquement.",
        "Traducción automática",
        "Este artigo foi traduzido automaticamente",
        "Traduzione automatica",
        "Машинный перевод",
        "Bu haber yapay zeka ile çevrildi",
        "本文由机器翻译，仅供参考",
        "※この記事は機械翻訳されています",
        "이 기사는 AI가 번역했습니다",
    ],
)
def test_a_notice_tells_it(notice: str) -> None:
    assert machine_translation(None, ["Menu", notice, "Contact"]) == notice


@pytest.mark.parametrize(
    "line",
    [
        "Novel translated by two sisters wins the prize",
        "Why machine translation still fails poets",
        "The story of how this text was found",
        "Translated by Jana Muster",
        "Aus dem Englischen übersetzt von Jana Muster",
        "机器翻译公司宣布裁员",
        "Translator needed: apply by Friday",
    ],
)
def test_a_story_about_it_tells_nothing(line: str) -> None:
    assert machine_translation(None, [line]) is None


def test_a_sign_in_the_markup_is_enough() -> None:
    assert machine_translation("meta translation-stats", []) == "meta translation-stats"
