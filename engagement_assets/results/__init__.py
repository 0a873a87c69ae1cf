"""The web app over the published snapshot: overview, customers, segments, measures, data.

It knows the folder `<data_dir>/published` and the configuration, nothing of how results are made.

How a page is made:

    router = APIRouter()

    @router.get("/customers/{customer_id:path}")
    def card(
        request: Request, customer_id: str, snapshot: CurrentSnapshot, viewer: AnyViewer
    ) -> Response:
        rows = snapshot.rows(query("card_score"), {"customer": customer_id})
        return page(request, "customer.html", score=rows)

- Put the router into `app.PAGES`. Page functions are synchronous: they run in the thread pool.
  Every page is guarded (`roles.AnyViewer`, `AContributor`, `AnAdministrator`); `app.py` guards
  what forgot to.
- `snapshot.rows(sql, parameters)` gives dictionaries. All statements of a request see the same
  snapshot. SQL stands in `sql/<name>.sql` with `$name` parameters. `snapshot.has("Segment_Member")`
  tells whether this snapshot has a table: one that an older version published may not.
- `NotFoundError("what is not there")` makes the page for it. `settings_of(request)` has the
  configuration.
- `templating.page` gives templates `viewer`, `settings`, `Role`, `request`, `language`, `_`,
  `ngettext`, `customer_url(id)`, `here(**changes)` (this page with other parameters; None removes
  one), `static(file)`, and the filters `number`, `score`, `percent`, `day`, `moment`, `minutes`,
  `change` (a number with its sign).
- Text that Python makes: `language.of(request).gettext("...")`. Text in a constant is marked with
  `N_("...")` and translated where it is shown. Every message needs its Dutch in `locale/nl.po`.
- Templates extend `base.html` (blocks `title`, `heading`, `content`); `_table.html` has the
  sortable header, the search field and 'see more'; `listing.Listing` reads their parameters.
- No inline style or script: the Content-Security-Policy forbids both. Everything works with
  plain links and forms; a part that htmx may replace in place gets `{{ table.replaceable(id) }}`.
"""
