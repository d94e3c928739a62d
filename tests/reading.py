"""How hard a text is to read: the Flesch-Kincaid grade, a year of school in the United States.

Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability formulas for Navy enlisted personnel",
Research Branch Report 8-75, 1975. Headings, labels and buttons do not count, because short texts would lower the
grade of the page.
"""

import re
from html.parser import HTMLParser

HIGHEST = 6  # school grade; the most that families must be able to read


def syllables(word):
    """Count groups of vowels without a silent ending. Good enough for plain words; if wrong, usually too many."""
    word = re.sub(r"[^a-z]", "", word.lower())
    word = re.sub(r"(?:[^laeiouycgsxzh]es|(?<=[^dt])ed|[^laeiouy]e|(?<=[aeiouy])le)$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(text):
    sentences = [each for each in re.split(r"[.!?](?=\s|$)|\n", text) if re.search(r"\w", each)]
    words = re.findall(r"[\w’'@.-]*\w", " ".join(sentences))
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


class Lines(HTMLParser):
    """The text of a page, a line per block."""

    INLINE = frozenset({"a", "b", "em", "span", "strong"})

    def __init__(self, html):
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.text += " " if tag in self.INLINE else "\n"

    def handle_endtag(self, tag):
        self.handle_starttag(tag, [])

    def handle_data(self, data):
        self.text += re.sub(r"\s+", " ", data)


def sentences_on(html):
    """The lines of the page's own part that end like a sentence."""
    main = re.search(r"<main.*</main>|<body.*</body>", html, re.DOTALL)[0]
    lines = [line.strip() for line in Lines(main).text.splitlines()]
    return "\n".join(line for line in lines if re.search(r"[.?!:]$", line))
