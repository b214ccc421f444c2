#!/usr/bin/env python3
"""Write texts that tokenizers are slow or wrong on, one JSON string a line.

usage: Scripts/make_stress_texts.py OUT.jsonl [--megabytes 20] [--seed 1] [--kinds cjk,hindi,...]

The kinds take turns; each yields documents of some hundred to some thousand characters of made-up text in words,
syllables and characters of its language. The same options give the same file with every Python 3 (only standard
library, and of `random` only the method whose sequence is guaranteed). Nothing is copied from anywhere.
"""

import argparse
import json
import random
import unicodedata

HAN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如"
    "水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但"
    "质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见"
    "計認識語讀說請課調議變讓負責賣買質贏車輸轉農進過運達選遺還邊鄉鄰醫釋鐵錢錯鏡長門開間關陽際隨險雙離難電靈靜響頁頂項順預領頭題類顯風飛飯飲館馬驗體鬥魚鳥"
)
KATAKANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴパピプペポー"
)
HIRAGANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげございま"
    "すでした"
)
HANGUL = (
    "가나다라마바사아자차카타파하거너더러머버서어저처고노도로모보소오조호구누두루무부수우주그는은을를이가에의로와"
    "과한국말사람시간학교생각정말좋습니다있없었했합"
)
HINDI = (
    "यह है में और के लिए एक को नहीं पर से कि था थी लोग समय काम साल दिन घर बात जीवन सरकार भारत विश्वविद्यालय "
    "अंतर्राष्ट्रीय स्वतंत्रता प्रधानमंत्री "
    "कार्यक्रम महत्वपूर्ण क्योंकि उन्होंने ज़रूरत पढ़ाई बड़ा क़ानून फ़ैसला श्रृंखला ज्ञान क्षेत्र त्रिकोण द्वितीय ऑक्सीजन कंप्यूटर प्रशिक्षण व्यक्तित्व"
).split()
THAI = (
    "การ ที่ และ เป็น ของ ใน มี ได้ ไม่ ให้ ว่า จะ คน ประเทศไทย กรุงเทพมหานคร มหาวิทยาลัย วันนี้ พรุ่งนี้ "
    "ทำงาน เรียน หนังสือ น้ำ อาหาร ภาษา ความรู้ "
    "ประวัติศาสตร์ วิทยาศาสตร์ คอมพิวเตอร์ สวัสดีครับ ขอบคุณค่ะ เพราะฉะนั้น อย่างไรก็ตาม ผู้หญิง เด็ก ๆ ที่สุด กำลัง แล้ว"
).split()
ARABIC = (
    "في من على أن إلى هذا التي الذي كان قال بعد بين كل مع عن أو ما لا هو هي الله العالم الحكومة الجامعة "
    "المدينة اليوم السنة الكتاب اللغة العربية "
    "مُحَمَّد قُرْآن كَتَبَ يَكْتُبُ مُعَلِّمٌ شُكْرًا ﻻ لأنّه المؤسّسات والاقتصادية وسيكتبونها؟ ١٢٣ ٤٥٦٧ سـلام آمن"
).split()
CYRILLIC = (
    "и в не на я быть он с что а по это она этот к но они мы весь который из у свой вы так год человек работа "
    "государственный ёлка её подъезд"
).split()
GREEK = (
    "και το να η του με δεν που είναι σε για από την θα ως αυτό άνθρωπος χρόνος ελευθερία πολιτική ὁ ἄνθρωπος "
    "φύσει τοῦ εἰδέναι"
).split()
VIETNAMESE = (
    "của và là có không được người trong một cho những với các khi đã ở này để về Việt Nam tiếng thường quyền "
    "nghĩa đường nước"
).split()
FRENCH = (
    "été où élève français naïve cœur château hôtel Noël ça déjà garçon aïeul àâäéèêëîïôöùûüÿ Übergröße Ångström mañana"
).split()
EMOJI = "😀 😂 ❤️ 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 🇯🇵 👨🏿‍🚀 ☃️ 1️⃣ #️⃣ 🤷🏻‍♀️ 🧑‍🤝‍🧑 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ✈ ★ ☑️ ♥ 𝔘𝔫𝔦 𝕏 🂡 🀄 🫠 ‼️ ™️".split()
ENGLISH = (
    "the of and to in is it you that he was for on are with as his they at be this have from or had by hot but "
    "some what there we can out"
).split()
NAMES = (
    "value index node result count buffer parser config user_id tokenCount HTTPServer __init__ self.items "
    "maxLength is_valid tmp fooBar i j k"
).split()
STATEMENTS = (
    "{i}for {a} in range({n}):\n",
    "{i}if {a} != {b} and not {c}:\n",
    "{i}return {a}[{b}] + {n}\n",
    '{i}{a} = {b}({c}, "{w}")  # {w} {w}\n',
    "{i}const {a} = await {b}.map(({c}) => ({{ ...{c}, {a}: {n} }}));\n",
    "{i}std::vector<{a}> {b}{{{n}, 0x{n:x}}};\n",
    "{i}\n",
    "{i}}}\n",
    '{i}<div class="{a} {b}"><p>{w} {w}</p></div>\n',
    "{i}SELECT {a}, COUNT(*) FROM {b} WHERE {c} >= {n}.5e-{n} GROUP BY 1;\n",
    '{i}"{a}": [{n}, {n}.0, null, "{w}\\n\\t\\u00e9"],\n',
    "{i}#define {a}({b}) ((({b}) << {n}) & ~0xFFUL)\n",
    '{i}print(f"{a}={{{a}!r:>{n}}}")\n',
    "{i}$ {a} --{b}={c} | sort -rn | head -{n} >> /dev/null 2>&1\n",
    "{i}/* ---------------- {w} ---------------- */\n",
    "{i}=== {w} === \\\\\n",
)


class Writer:
    """Makes documents of each kind from one sequence of random numbers."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, limit):
        return int(self.random() * limit)

    def pick(self, items):
        return items[int(self.random() * len(items))]

    def often(self, items):
        """Favours the beginning of the list, as words of a language do."""
        return items[int(self.random() ** 2 * len(items))]

    def length(self, least=20, most=400):
        """Short more often than long."""
        return least + int((most - least) * self.random() ** 3)

    def spaced(self, words, stops=".,!?"):
        parts = []
        for _ in range(self.length()):
            parts.append(self.often(words))
            parts.append(self.pick(stops) + self.pick((" ", " ", "\n", "\n\n")) if self.random() < 0.1 else " ")
        return "".join(parts)

    def unspaced(self, characters, stops):
        parts = []
        for _ in range(self.length(40, 800)):
            parts.append(self.often(characters))
            if self.random() < 0.06:
                parts.append(self.pick(stops))
        return "".join(parts)

    def cjk(self):
        kind = self.below(4)
        if kind == 0:
            return self.unspaced(HAN, ("，", "。", "！", "\n", "「", "」", " ", "2024年"))
        if kind == 1:
            return self.unspaced(HIRAGANA + KATAKANA + HAN[:90], ("、", "。", "\n", "（", "）", "API", "　"))
        if kind == 2:
            return self.unspaced(HANGUL, (" ", " ", " ", ". ", "?\n"))
        # Any ideograph: most are in no vocabulary.
        return "".join(chr(0x4E00 + self.below(20_900)) for _ in range(self.length(40, 800)))

    def hindi(self):
        return self.spaced(HINDI, "।,?!")

    def thai(self):
        return "".join(self.often(THAI) + ("" if self.random() < 0.85 else " ") for _ in range(self.length()))

    def arabic(self):
        return self.spaced(ARABIC, "،.؟؛")

    def european(self):
        return self.spaced(self.pick((CYRILLIC, GREEK, VIETNAMESE, FRENCH)))

    def emoji(self):
        parts = []
        for _ in range(self.length()):
            parts.append(self.pick(EMOJI) * (1 + self.below(3)) if self.random() < 0.6 else self.pick(ENGLISH))
            parts.append(" " if self.random() < 0.4 else "")
        return "".join(parts)

    def code(self):
        lines, depth = [], 0
        for _ in range(self.length(10, 120)):
            depth = max(0, depth + self.pick((-1, 0, 0, 0, 1)))
            indent = "\t" * depth if self.random() < 0.2 else "    " * depth
            names = {key: self.often(NAMES) for key in "abc"}
            lines.append(
                self.pick(STATEMENTS).format(i=indent, n=int(10 ** (self.random() * 6)), w=self.pick(ENGLISH), **names)
            )
        return "".join(lines)

    def nfd(self):
        words = self.pick((VIETNAMESE, FRENCH, GREEK, CYRILLIC, HINDI, list(HANGUL)))
        return unicodedata.normalize("NFD", self.spaced(words))


KINDS = ("cjk", "hindi", "thai", "arabic", "european", "emoji", "code", "nfd")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        parser.error(f"unknown kinds {', '.join(unknown)}; known are {', '.join(KINDS)}")
    writer, size, turn = Writer(options.seed), 0, 0
    with open(options.out, "w", encoding="utf-8", newline="\n") as file:
        while size < options.megabytes * 1e6:
            text = getattr(writer, kinds[turn % len(kinds)])()
            file.write(json.dumps(text, ensure_ascii=False) + "\n")
            size += len(text.encode())
            turn += 1
    print(f"{turn} documents, {size} bytes of text")


if __name__ == "__main__":
    main()
