import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discover.looks import MIN_SCORE, count_words, score_text, score_url

SITE = "https://herald.example"


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/2026/11/21/council-votes-on-new-budget", ""),
        ("/politics/council-votes-on-new-budget-102.html", "Council votes"),
        ("/news/article-9283746/", "Council votes on the new budget"),
        ("/world-europe-65432101", "Leaders meet in Geneva again"),
        ("/a/ratssitzung-12345678.html", "Rat stimmt dem neuen Haushalt zu"),
        ("/story.php?id=48213", "Rat stimmt dem neuen Haushalt zu"),
        ("/doc/7715044", "Совет одобрил новый бюджет города"),
        ("/2026-11-21/doc-imxyz1234567.shtml", "央行宣布下调利率"),
        ("/news/business/breakingnews/5123456", "央行宣布下調存款利率"),
        ("/articles/AST1C7FY0T1CUHBI01BM.html", "政府、新予算案を承認"),
        ("/view/AKR20261121000100001", "정부가 새 예산안을 승인했다"),
        ("/%E6%94%BF%E5%BA%9C%E6%89%B9%E5%87%86%E6%96%B0%E9%A2%84%E7%AE%97%E6%A1%88", "政府批准新预算案"),
        ("/de/rat-stimmt-haushalt-zu/a-65897191", ""),
        ("/2320", "Council votes on the new budget today"),
        ("/themen/ethik/398805-rat-stimmt-dem-neuen-haushalt-zu.html", "Rat stimmt dem neuen Haushalt zu"),
    ],
)
def test_an_article_looks_like_one(path: str, label: str) -> None:
    assert score_url(SITE + path) + score_text(label) >= MIN_SCORE


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "The Herald: news from the harbour and beyond"),
        ("/politics", "Politics"),
        ("/politics/europe/", "Europe"),
        ("/politik/index.html", "Politik"),
        ("/2026/11/", "November 2026"),
        ("/page/2", "Older articles of this month here"),
        ("/tag/council-votes-on-new-budget", "council"),
        ("/category/12345", "The best of the harbour today"),
        ("/author/jane-doe-12345", "Jane Doe"),
        ("/topics/harbour-4152208.html", "Harbour"),
        ("/ueber-uns", "Über uns"),
        ("/terms-and-conditions", "Terms and conditions"),
        ("/allgemeine-geschaeftsbedingungen", "Allgemeine Geschäftsbedingungen"),
        ("/login?next=/2026/11/21/council-votes-on-new-budget", "Log in to read the whole story"),
        ("/newsletter/anmeldung-15718221", "Jetzt für den Newsletter anmelden und mehr"),
        ("/de/menschenrechte/s-65047610", "Menschenrechte"),
        ("/media/2026/11/21/council-votes-on-new-budget.jpg", "Council votes on the new budget"),
        ("/reports/annual-report-2026-12345.pdf", "Our annual report of the last year"),
        ("/?page=12345", "Next"),
        ("/财经", "财经"),
    ],
)
def test_what_is_no_article_does_not(path: str, label: str) -> None:
    assert score_url(SITE + path) + score_text(label) < MIN_SCORE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Council votes", 2),
        ("l'été – fin", 3),
        ("央行宣布降息", 3),
        ("รัฐบาลอนุมัติ", 4),
        ("정부가 승인했다", 2),
        ("—", 0),
        ("", 0),
    ],
)
def test_counts_words_with_and_without_spaces(text: str, words: int) -> None:
    assert count_words(text) == words


@settings(deadline=None)
@given(st.text(max_size=60).map((SITE + "/").__add__), st.text(max_size=60))
def test_scoring_never_raises(url: str, label: str) -> None:
    score_url(url)
    score_text(label)
