"""The agreed words: what readers see says one thing by one name, in the field's own terms, in both languages.

The words are explained in ``generator/report/glossary.toml``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import registry
from generator.layout import PROJECT, Layout
from generator.report import articles, i18n, published
from generator.report.context import pages
from generator.report.labels import readable
from tests.test_i18n import LAYOUT, extracted, facts_of

#: English words that are not used, and what is said instead.
ENGLISH = {
    r"\bas published\b|\bpublished settings?\b": "article's settings",
    r"\bbest practice\b": "tuned",
    r"\b(taken|takes|take|took) for\b(?! granted)": "misclassified as, predicted as",
    r"\bmis-?reads?\b|\bread (rightly|wrong)": "misclassified",
    r"\b(surest|surer)\b|\b(how|too|so) sure\b|\bsure of (its|it)": "confidence, (most) confident, over-confident",
    r"\bfloors?\b": "baseline",
    r"\bceilings?\b": "reference",
    r"\bgrey levels?\b": "pixel values",
    r"\bcommonest\b|\bmost common\b": "most frequent",
    r"\bin truth\b|\bthe true ones\b": "in the original space",
    r"\bby the clock\b|\bwall time\b": "wall-clock time",
    r"\bout-?vot\w+|\bvotes? of the\b": "10-NN accuracy",
    r"\blearnt\b": "learned",
    r"\bby lot\b|\bdealt out\b": "at random",
    r"\bstrangers?\b": "false neighbours, non-neighbours",
    r"\bby heart\b": "overfitting, memorise",
    r"\bodds\b": "probabilities",
    r"\b(told|tells?|telling) (\w+ )?(apart|from)\b": "(not) significantly different",
    r"\b(more than|beyond) chance\b|\bchance explains\b": "significant",
    r"\bpaint(s|ed|ings?)?\b": "reconstruct, reconstruction",
    r"\b(quarter|fifth)\b.{0,12}\bheld out\b|\bhold\w* out a (\w+ )?(quarter|fifth)\b": "25 % / 20 % test split",
    r"\b(training|test) parts?\b": "training set, test set",
    r"\bplaces? in the data\b|\bat place\b": "index",
    r"\bso it (is|does) here\b|\bso here\b": "we find the same",
    r"\bwhat is (near|far)\b": "local structure, global structure",
    r"\bthe right class\b|\bnamed so\b|\bgets? a name\b|\bnaming (one|an image|digits)\b": "classified, predicted as",
    r"\bsingle winner\b": "one best method",
    r"\bthe front\b": "the Pareto front",
    r"\bProcrustes distances?\b": "Procrustes disparity",
    r"\bone draw\b|\banother draw\b": "sample, run",
    r"\b(neighbor\w*|color\w*|initializ\w+|normaliz\w+|visualiz\w+|gray)\b": "British spelling",
    r"\d%": "a space before %",
}

#: The same in Japanese.
OF_JAPANESE = {
    r"記事(の)?とおり|記事どおり": "記事の設定",
    r"推奨設定": "調整済み",
    r"読み違|と読み取|から読み取られ|と読(む|み|ま)|画像を読": "誤分類、分類する、予測する",
    r"取り違え": "誤分類",
    r"自信(過剰|が足りない)|額面どおり": "過信、過小確信、よく較正されている",
    r"下限|（上限）|埋め込みの上限": "ベースライン、参照値",
    r"近くの関係|遠くの関係|全体の関係": "局所構造、大域構造",
    r"初期配置": "初期値",
    r"経過時間|時計で": "実時間",
    r"まとまり": "クラスタ",
    r"取り分け": "テスト画像、検証画像",
    r"濃淡": "画素値",
    r"分類器の埋め込み": "特徴ベクトル",
    r"くびれ": "ボトルネック",
    r"覚え込": "過学習",
    r"偶然(では|でも|の|に)|差が認められ": "有意差、ばらつき、標本誤差",
    r"試行": "実行",
    r"くじ|手柄|硬貨|値打ち": "（書かない）",
    r"データ中の番号": "画像番号",
    r"多数決で|近傍の多数決": "10近傍法の正解率",
    r"プロクラステス距離": "プロクラステス不一致度",
    r"三つ組の順序の一致率": "三つ組の順序一致率",
    r"KL ?情報量": "KLダイバージェンス",
    r"一枚の予測": "予測時間（1枚あたり）",
    r"四分の一を|五分の一を": "テスト用25%、テスト用20%",
}

JA = "\u3041-\u30ff\u4e00-\u9fff"
VALUE = "◇"  # stands for what a template prints

#: How Japanese is set; what is said of letters holds for printed values, too.
NOTATION = {
    r"〜|～": "ranges have –",
    r"[。、：）」] ": "no space after full-width punctuation",
    rf"[{JA}] (?=[A-Za-z0-9{VALUE}])|(?<=[A-Za-z0-9{VALUE}]) [{JA}]": "no space between Japanese and Latin or a value",
    rf"[\d{VALUE}][ \u00a0]%": "no space before %",
    rf"[{JA}]:|[{JA}], |[{JA}];": "full-width punctuation",
    r"\u3000": "no full-width space",
}

PROSE = sorted(LAYOUT.templates.glob("pages/**/*.j2")) + sorted(LAYOUT.templates.glob("partials/*.j2"))


def place(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def prose(text: str) -> str:
    """What a template says in words of its own: without code, formulas and markup, a printed value as ``VALUE``."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    # Text that a template keeps in a string is prose, too, if it has words; an argument's name is not.
    strings = [
        one
        for inside in re.findall(r"\{[{%](.*?)[%}]\}", text, flags=re.S)
        for one in re.findall(r'"([^"]* [^"]*)"', re.sub(r'words\("[^"]*"', "", inside))
    ]
    text = re.sub(r"\n *\{%-?.*?-?%\} *(?=\n)", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.S)
    text = re.sub(r"\{\{.*?\}\}", VALUE, text, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]*`|<[^>]*>|\{:.*?\}|\]\([^)]*\)", "", text, flags=re.S)
    text = re.sub(r"^ *([-*]|#+|\d+\.) ", "", text, flags=re.M)
    return "\n".join([text, *strings])


def shown_words() -> Iterator[tuple[str, str]]:
    """Every msgid and a file that has it."""
    for path, message in extracted():
        yield place(path), message
    declarations = [registry.declare(slug) for slug in registry.slugs(PROJECT)]
    for one in declarations:
        at = f"generator/experiments/{one.slug}.py"
        yield from ((at, text) for text in (one.title, one.summary, *(variant.title for variant in one.variants)))
    for claim in published.load():
        yield from (("generator/report/published.toml", text) for text in (claim.name, claim.note))
    for article in articles.load().values():
        yield from (
            ("generator/report/articles.toml", text) for text in (article.site, article.language, article.origin)
        )
    yield from (("generator/report/context.py", page.title) for page in pages(declarations))
    yield from (("generator/report/labels.py", readable(name)) for name in facts_of())


MSGIDS = sorted(set(shown_words()))


def found(text: str, table: dict[str, str]) -> list[str]:
    """Each refused word with what stands around it, and what to say instead."""
    return [
        f"{text[max(0, hit.start() - 25) : hit.end() + 15]!r}: {instead}"
        for pattern, instead in table.items()
        for hit in re.finditer(pattern, text, flags=re.I)
    ]


@pytest.mark.parametrize("path", PROSE, ids=place)
def test_templates_use_the_agreed_words(path: Path) -> None:
    text = prose(path.read_text(encoding="utf-8"))
    japanese = ".ja." in path.name
    assert found(text, {**OF_JAPANESE, **NOTATION} if japanese else ENGLISH) == []


@pytest.mark.parametrize("at", sorted({at for at, _ in MSGIDS}))
def test_shown_words_are_the_agreed_ones(at: str) -> None:
    assert [hit for where, text in MSGIDS if where == at for hit in found(text, ENGLISH)] == []


def test_translations_use_the_agreed_words() -> None:
    mine = {text for _, text in MSGIDS}
    table = {**OF_JAPANESE, **NOTATION}
    hits = []
    for msgid, text in i18n.load(Layout(), "ja").messages.items():
        if msgid in mine:
            hits += found(re.sub(r"\{\w+\}", VALUE, text).replace("Hikaku 比較", ""), table)
    assert hits == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("A 4 is taken for a 9.", 1),
        ("{# taken for #}`taken for` $odds$ {{ method.odds }} [x](stranger)", 0),
        ('{{ told("best practice beats it") }}', 1),
        ('{{ words("as published") }}', 0),
        ("The map of t-SNE keeps local structure, with 95 % confidence.", 0),
    ],
)
def test_prose_is_what_is_checked(text: str, refused: int) -> None:
    assert len(found(prose(text), ENGLISH)) == refused


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("{{ n }}枚の画像では、t-SNEの正解率が99.25%である。\n- **局所構造：**2–3次元で比べる。", 0),
        ("{{ n }} 枚", 1),
        ("t-SNE の", 1),
        ("である。 次に", 1),
        ("2〜3次元", 1),
        ("計算機: 二台", 1),
    ],
)
def test_notation_of_japanese(text: str, refused: int) -> None:
    assert len(found(prose(text), NOTATION)) == refused
