"""Two pictures of one frame to compare by a swipe, as a fragment and as a page of its own."""

from __future__ import annotations

from markupsafe import Markup

from monitor.report.page.blocks import Pair
from monitor.report.page.wording import SIMULATED_LINE
from monitor.report.render.html import asset, environment, policy, style
from monitor.report.render.notebook import Page

_HEIGHT_PX = 980


def swipe_html(pair: Pair) -> Markup:
    """The figure of a pair, for a page that has ``swipe.css`` and ``swipe.js``.

    Without scripts, and on paper, the two pictures stand side by side. The swipe is a range input over both: the arrow
    keys move it, its label and its text value are read out.
    """
    template = environment().from_string('{% import "swipe.html.j2" as s with context %}{{ s.swipe(pair) }}')
    return Markup(template.render(pair=pair, paper=False))


def swipe_page(pair: Pair, *, title: str, credit: str, simulated: bool) -> Page:
    """A pair as a page of its own that needs nothing but itself and forbids that anything is fetched.

    Parameters
    ----------
    pair : Pair
        The two pictures, of one size.
    title : str
        Heading.
    credit : str
        Whose pixels they are.
    simulated : bool
        Whether the pixels are made up; the page then says so at its top.
    """
    css, js = style(), asset("templates/swipe.js")
    made = (
        environment()
        .get_template("swipe_page.html.j2")
        .render(
            title=title,
            figure=swipe_html(pair),
            credit=credit,
            simulated_line=SIMULATED_LINE if simulated else "",
            css=Markup(css),
            js=Markup(js),
            csp=policy([css], [js]),
        )
    )
    return Page(title, str(made), _HEIGHT_PX)
