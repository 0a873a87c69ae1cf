"""Word lists, and how names and addresses are made of them.

Persons are invented. The first companies are Microsoft's own fictitious ones, the others are
coined; every customer domain ends in `.example`, which RFC 2606 reserves, so no address exists.
"""

import unicodedata
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_NAMES = _words(
    "Aisha Amara Anders Anouk Arjun Astrid Aylin Bas Beatriz Bram Camille Carlos Chiara Daan "
    "Dalia Diego Eline Elif Emeka Emma Esra Fatima Felix Femke Finn Freya Gijs Giulia Hamza Hanna "
    "Hugo Ines Ivan Jade Jan Jasper Joana Jonas Juan Kaya Kenji Klara Koen Lars Leila Lena Liam "
    "Lotte Lucas Maja Marco Maud Mei Mila Milan Mohan Nadia Naomi Niels Nina Nora Oliver Omar "
    "Oscar Paula Pieter Priya Rafael Ravi Rosa Ruben Sam Sanne Sara Selma Sofia Stefan Sven Tariq "
    "Teresa Thijs Tim Umar Vera Victor Wei Willem Yara Yusuf Zoë"
)

FAMILY_NAMES = _words(
    "Achterberg Adeyemi Albers Almeida Anand Aydin Bakker Baumann Bergström Bianchi Blom Bosman "
    "Brouwer Carvalho Castillo Chen Coppens Dahl Demir Dijkstra Duarte Eriksen Evers Faber "
    "Ferrari Fischer Fontaine Garrido Geerts Goossens Greco Haas Halvorsen Hansen Harlow Hassan "
    "Hendriks Hofman Holm Ibrahim Iyer Jacobs Jansen Kaplan Keller Khalil Kimura Koster Kowalski "
    "Kramer Kumar Lambert Larsen Leclerc Lemmens Lindgren Mahler Marchand Martens Mbeki Mendes "
    "Meyer Moreau Mulder Nakamura Navarro Nguyen Nilsson Novak Okafor Oliveira Osman Pauwels "
    "Peeters Petrov Pinto Prins Quist Rahman Ramos Rossi Roth Sato Schipper Schreiber Serrano "
    "Silva Smeets Sørensen Tanaka Thorne Timmer Vaughan Verbeek Visser Vogel Wagner Weber "
    "Whitfield Willems Yilmaz Zeeman"
)

FICTITIOUS_COMPANIES = (
    "Fabrikam",
    "Northwind Traders",
    "Adventure Works",
    "Tailspin Toys",
    "Wide World Importers",
    "Litware",
    "Proseware",
    "Woodgrove Bank",
    "Trey Research",
    "Fourth Coffee",
    "Alpine Ski House",
    "City Power & Light",
    "Coho Vineyard",
    "Consolidated Messenger",
    "Graphic Design Institute",
    "Humongous Insurance",
    "Lucerne Publishing",
    "Margie's Travel",
    "School of Fine Art",
    "Southridge Video",
    "VanArsdel, Ltd.",
    "Wingtip Toys",
    "Relecloud",
    "Nod Publishers",
    "Munson's Pickles and Preserves",
    "Lamna Healthcare",
    "Best For You Organics",
    "Bellows College",
)

COINED_PARTS = _words(
    "Alderquay Brackenfold Cindervale Drummerhill Elmsgate Fennmarsh Gorsebank Harrowmere "
    "Inglefell Juniperlea Kestrelbay Larkmoor Mossbarrow Netherwick Oakhurstel Pellworth "
    "Quillmark Rookhaven Saltersea Thistledown Umberfield Varnleigh Wexholm Yarrowdale Zinnerwald"
)

SECTORS = _words(
    "Foods Logistics Instruments Textiles Energy Pharma Marine Paper Seeds Glass Robotics "
    "Insurance Timber Optics Brewing Housing Rail Ceramics Dairy Software"
)


def plain(text: str) -> str:
    """Text as it is written in an address: lower case, no accents, only letters and digits."""
    spelled = text.replace("ø", "o").replace("Ø", "O")
    decomposed = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in decomposed.lower() if letter.isascii() and letter.isalnum())


class PersonNames:
    """Draws names of persons and gives each an address of its own."""

    def __init__(self, rng: Random) -> None:
        """Names come from `rng`; two instances share no memory of what is taken."""
        self._rng = rng
        self._taken: set[str] = set()

    def draw(self, domain: str, style: str = "{given}.{family}") -> tuple[str, str]:
        """A display name and an address in `domain` that this instance never gave before.

        `style` is how the domain writes local parts; it may use `given`, `family` and `initial`.
        """
        given = self._rng.choice(GIVEN_NAMES)
        family = self._rng.choice(FAMILY_NAMES)
        local = style.format(given=plain(given), family=plain(family), initial=plain(given)[0])
        address = f"{local}@{domain}"
        number = 2
        while address in self._taken:  # a second Jan Jansen becomes jan.jansen2
            address = f"{local}{number}@{domain}"
            number += 1
        self._taken.add(address)
        return f"{given} {family}", address


def company_name(number: int) -> str:
    """The name of the company with this number (0, 1, 2 ...); no two numbers share one."""
    if number < len(FICTITIOUS_COMPANIES):
        return FICTITIOUS_COMPANIES[number]
    number -= len(FICTITIOUS_COMPANIES)
    # Walking both lists at once mixes the words; a round number follows when all pairs are used.
    pairs = len(COINED_PARTS) * len(SECTORS)
    repeat, pair = divmod(number, pairs)
    first = COINED_PARTS[pair % len(COINED_PARTS)]
    sector = SECTORS[(pair % len(COINED_PARTS) + pair // len(COINED_PARTS)) % len(SECTORS)]
    return f"{first} {sector}" + (f" {repeat + 1}" if repeat else "")


def company_domain(name: str) -> str:
    """The company's mail domain, below the reserved `.example`."""
    return f"{plain(name)}.example"
