"""Many languages, each by its own sign; sentences are invented, all of a harbour that is deepened."""

from __future__ import annotations

import pytest

from newscrawl.describe.language import identify_language
from newscrawl.items import Language

TEXTS = {
    "sr": "Лучки одбор је у понедељак одлучио да продуби пловни пут за веће бродове, који су морали да чекају плиму. "
    "Радови ће почети на пролеће и трајаће две године, јер новац није обезбеђен.",
    "sr-Latn": "Lučki odbor je u ponedeljak posle četiri sata odlučio da produbi plovni put za veće brodove. "
    "Predsednik "
    "odbora je rekao da radovi počinju na proleće i da je to dobra vest za ceo svet.",
    "hr": "Lučko vijeće odlučilo je u ponedjeljak nakon četiri sata produbiti plovni put za veće brodove. Tvrtka koja "
    "izvodi radove počinje u ožujku, a prvi brodovi mogu ući tijekom idućeg tjedna.",
    "bs": "Lučki odbor je u ponedjeljak odlučio da produbi plovni put za veće brodove. Radovi počinju prve "
    "sedmice marta "
    "i koštaju sto hiljada maraka, a završit će krajem augusta ili septembra.",
    "mk": "Одборот на пристаништето во понеделникот одлучи дека ќе го продлабочи патот за поголемите бродови, што со "
    "години чекаа плима. Работата ќе почне во пролет, како што беше договорено.",
    "bg": "Пристанищният съвет реши в понеделник след четири часа да задълбочи канала за по-големите кораби, които "
    "чакаха прилива. Работата ще започне през пролетта и ще продължи две години.",
    "uk": "Портова рада вирішила в понеділок після чотирьох годин поглибити канал для більших суден, які чекали на "
    "приплив. Роботи почнуться навесні й триватимуть два роки, бо грошей іще немає.",
    "be": "Партовая рада вырашыла ў панядзелак пасля чатырох гадзін паглыбіць канал для большых суднаў, якія чакалі "
    "прыліву. Работы пачнуцца ўвесну і будуць ісці два гады.",
    "kk": "Порт кеңесі дүйсенбі күні төрт сағаттан кейін үлкен кемелер үшін арнаны тереңдетуге шешім қабылдады. Жұмыс "
    "көктемде басталып, екі жылға созылады, өйткені ақша әлі бөлінген жоқ.",
    "mn": "Боомтын зөвлөл даваа гарагт дөрвөн цагийн дараа томоохон хөлөг онгоцнуудад зориулж сувгийг гүнзгийрүүлэхээр "
    "шийдвэрлэв. Ажил хавар эхэлж хоёр жил үргэлжлэх бөгөөд мөнгө хараахан олдоогүй.",
    "no": "Havnestyret vedtok mandag etter fire timer å gjøre leia dypere for større skip, som ikke har kommet inn fra "
    "havet uten flo. Jeg vet ikke hvordan det skal betales, sa styrelederen.",
    "nn": "Hamnestyret vedtok måndag etter fire timar å gjere leia djupare for større skip, som ikkje har kome inn frå "
    "havet utan flo. Eg veit ikkje korleis det skal betalast, sa ho som leier styret.",
    "da": "Havnebestyrelsen besluttede mandag efter fire timer at gøre sejlrenden dybere for større skibe, som "
    "i elleve "
    "år har måttet vente på højvande. Jeg ved ikke, hvordan det skal betales, sagde formanden.",
    "sv": "Hamnstyrelsen beslutade på måndagen efter fyra timmar att göra farleden djupare för större fartyg, "
    "som i elva "
    "år har fått vänta på högvatten. Jag vet inte hur det ska betalas, sade ordföranden.",
    "is": "Hafnarstjórnin ákvað á mánudag eftir fjögurra tíma fund að dýpka siglingaleiðina fyrir stærri skip, "
    "sem hafa "
    "þurft að bíða eftir flóði. Verkið hefst í vor en það hefur ekki verið greitt.",
    "id": "Dewan pelabuhan pada hari Senin memutuskan setelah empat jam untuk memperdalam alur bagi kapal "
    "besar, karena "
    "kapal harus menunggu air pasang. Mereka mengatakan bahwa perusahaan bisa mulai bekerja.",
    "ms": "Lembaga pelabuhan pada hari Isnin memutuskan selepas empat jam untuk mendalamkan alur bagi kapal "
    "besar, kerana "
    "kapal terpaksa menunggu air pasang. Mereka berkata bahawa syarikat boleh mula bekerja.",
    "sw": "Bodi ya bandari iliamua siku ya Jumatatu baada ya saa nne kuongeza kina cha njia kwa ajili ya meli kubwa "
    "ambazo zimekuwa zikisubiri maji kujaa. Kazi hiyo itaanza katika majira ya kuchipua.",
    "xh": "Ibhodi yezibuko igqibe ngoMvulo emva kweeyure ezine ukuba umjelo wenziwe nzulu, kwaye umsebenzi uza kuqala "
    "entwasahlobo kunye nasebusika, kuba iinqanawa zilinda ukuze amanzi anyuke, utshilo usihlalo.",
    "az": "Liman şurası bazar ertəsi dörd saatdan sonra iri gəmilər üçün kanalı dərinləşdirməyi qərara aldı. İşlər "
    "yazda başlayacaq və iki il davam edəcək, çünki pul hələ ayrılmayıb.",
    "mt": "Il-bord tal-port iddeċieda nhar it-Tnejn wara erba' sigħat li jħaffer aktar il-kanal għall-vapuri kbar, li "
    "ilhom jistennew il-baħar jogħla. Ix-xogħol jibda fir-rebbiegħa u jdum sentejn.",
    "fa": "هیئت بندر روز دوشنبه پس از چهار ساعت تصمیم گرفت کانال را برای کشتی‌های بزرگ‌تر عمیق کند که یازده سال "
    "منتظر مد "
    "بودند. کار در بهار آغاز می‌شود و دو سال طول می‌کشد.",
    "ps": "د بندر شورا د دوشنبې په ورځ له څلورو ساعتونو وروسته پرېکړه وکړه چې د لویو بېړیو لپاره لاره ژوره کړي. کار به "
    "په پسرلي کې پیل شي او دوه کاله به دوام وکړي، ځکه چې پیسې نشته.",
    "ka": "ნავსადგურის საბჭომ ორშაბათს გადაწყვიტა არხის გაღრმავება დიდი გემებისთვის.",
    "hy": "Նավահանգստի խորհուրդը երկուշաբթի որոշեց խորացնել ջրանցքը մեծ նավերի համար։",
    "my": "ဆိပ်ကမ်းဘုတ်အဖွဲ့သည် တနင်္လာနေ့တွင် ရေလမ်းကို နက်အောင် ဆုံးဖြတ်ခဲ့သည်။",
    "lo": "ຄະນະກຳມະການທ່າເຮືອ ຕົກລົງໃນວັນຈັນ ທີ່ຈະຂຸດຮ່ອງນ້ຳໃຫ້ເລິກກວ່າເກົ່າ.",
    "km": "ក្រុមប្រឹក្សាកំពង់ផែបានសម្រេចកាលពីថ្ងៃចន្ទថានឹងជីកផ្លូវទឹកឱ្យជ្រៅ។",
    "zh-Hant": "港務局週一開會後決定加深航道，讓較大的船隻進港。",
    "zh-Hans": "港务局周一开会后决定加深航道，让较大的船只进港。",
}
ENGLISH = (
    "The harbour board met on Monday and agreed, after four hours, to deepen the channel for larger ships, which have "
    "had to wait at anchor for the tide since the last dredging eleven years ago."
)
KINYARWANDA = (
    "Inama y'icyambu yemeje ku wa mbere nyuma y'amasaha ane ko umuyoboro wimbitswa kugira ngo amato manini yinjire. "
    "Imirimo izatangira mu mpeshyi imare imyaka ibiri, umuyobozi w'inama yabwiye abanyamakuru."
)


@pytest.mark.parametrize(("tag", "text"), TEXTS.items())
def test_a_text_tells_its_language_against_a_wrong_declaration_and_without_one(tag: str, text: str) -> None:
    found = identify_language(text, None).tag
    assert found == tag.replace("-Latn", "")
    assert identify_language(text, "en").tag == found


@pytest.mark.parametrize("tag", ["sr", "bs", "hr", "mk", "nn", "nb", "no", "da", "id", "ms", "is", "be", "fa"])
def test_a_right_declaration_is_never_overruled(tag: str) -> None:
    text = TEXTS["no" if tag == "nb" else tag]
    assert identify_language(text, tag).tag == tag


@pytest.mark.parametrize(("former", "tag"), [("in-ID", "id"), ("iw", "he")])
def test_withdrawn_codes_are_read(former: str, tag: str) -> None:
    text = TEXTS["id"] if tag == "id" else "המועצה החליטה ביום שני להעמיק את התעלה."
    assert identify_language(text, former).tag == tag


def test_a_language_that_nothing_tells_is_null_or_as_declared() -> None:
    assert identify_language(KINYARWANDA, None) == Language(None, None, "none", None)  # Swahili to langdetect, for sure
    assert identify_language(KINYARWANDA, "en").tag is None
    assert identify_language(KINYARWANDA, "rw") == Language("rw", None, "declared", "rw")


def test_a_language_that_page_and_text_agree_on_needs_no_common_words() -> None:
    assert identify_language(KINYARWANDA, "sw").tag == "sw"


@pytest.mark.parametrize("quoted", ["hr", "is", "ms", "ru", "zh-Hant", "ps"])
def test_an_article_that_quotes_another_language_is_in_its_own(quoted: str) -> None:
    quotation = TEXTS.get(
        quoted, "Совет порта решил в понедельник углубить канал для больших судов, которые ждали прилива."
    )
    story = "\n".join((ENGLISH, f"“{quotation}”", ENGLISH, ENGLISH))
    assert identify_language(story, None).tag == "en"


def test_a_long_quotation_that_opens_an_article_does_not_name_its_language() -> None:
    opening = "\n".join([TEXTS["sv"]] * 7)
    assert identify_language("\n".join([opening, *[ENGLISH] * 40]), None).tag == "en"


def test_a_text_in_capitals_has_a_language() -> None:
    assert identify_language(ENGLISH.upper(), None).tag == "en"


def test_letters_of_a_name_are_not_a_language() -> None:
    assert identify_language(ENGLISH + " Ilham Əliyev and Þór were there.", None).tag == "en"
