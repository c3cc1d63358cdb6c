"""The parts a page is built of: plain values that know nothing of HTML."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `kind` is a word from the style sheet ("" | warn | none | present | absent | part); `note` a longer reading of a
    short code; `anchor` an id within the page to link to; `id` is that of the cell itself, to be linked to.
    """

    text: str
    kind: str = ""
    note: str = ""
    anchor: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column heads its rows. `numeric` are the indices of columns aligned right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    numeric: tuple[int, ...] = ()
    empty: str = "None."
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded image. `alt` is made from the data it shows; sizes in pixels.

    `credit` names whose data it shows and `notes` how, for pages on which the words in the image are too small to read.
    """

    data: bytes
    mime: str
    width: int
    height: int
    alt: str
    credit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing in SVG without styles or scripts, its text alternative and the table it was drawn from.

    `details_at` is the anchor at which the table stands, where that is elsewhere in the page; "" folds it below.
    """

    id: str
    svg: str
    alt: str
    caption: str
    details: Table
    details_at: str = ""


@dataclass(frozen=True, slots=True)
class TileFigure:
    """A rendered picture of a scene: annotated, its plain twin, caption, and the table its numbers point to.

    `statement` holds what may be quoted, by the name of each part: claim, likelihood, confidence, evidence.
    What `is_extra` is left out on paper. `details` is None where the table stands elsewhere in the page.
    """

    id: str
    annotated: Picture
    plain: Picture | None
    caption: str
    facts: tuple[tuple[str, str], ...]
    details: Table | None
    statement: tuple[tuple[str, str], ...] = ()
    is_extra: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two observations at the same frame with the same stretch, to be compared by a swipe.

    Pixels alone, or with marks and furniture where `is_annotated`.
    """

    id: str
    before: Picture
    after: Picture
    before_label: str
    after_label: str
    caption: str
    is_annotated: bool = False


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """One small picture in a row of observations at one frame.

    `picture` is None where the observation showed nothing.
    """

    picture: Picture | None
    label: str
    state: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Film:
    """All observations at one frame in order of time, and the same as an animation."""

    id: str
    frames: tuple[FilmFrame, ...]
    caption: str
    animation: Picture | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One notable detection with its chip, its facts and what else it could be; `detection_id` is what it is about."""

    id: str
    title: str
    picture: Picture | None
    facts: tuple[tuple[str, str], ...]
    statement: str
    reasons: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    detection_id: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of cards; `empty` is printed when there are none."""

    cards: tuple[Card, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs; `kind` "" | note | limit | list."""

    paragraphs: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MapView:
    """An interactive map as data (a JSON document for the map script), and words for those who cannot use it."""

    id: str
    document: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file carried inside the page."""

    name: str
    mime: str
    data: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Downloads:
    """Files carried inside the page."""

    files: tuple[Download, ...]


Block = Table | Chart | TileFigure | Pair | Film | Cards | Text | MapView | Downloads


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its blocks and, one level down, its parts. `id` is the anchor in the page."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = field(default=())
