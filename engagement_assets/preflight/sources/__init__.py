"""What only one kind of source has to be checked for: a file each, listed here.

Each adds what it finds, and hands on the people, the domains and the estimate of a first run.
"""

from collections.abc import Callable, Mapping

from engagement_assets import sources
from engagement_assets.preflight.findings import Findings
from engagement_assets.preflight.sources import folder, graph

CHECKS: Mapping[str, Callable[[Findings], None]] = {
    sources.GRAPH.name: graph.inspect,
    sources.FOLDER.name: folder.inspect,
}
