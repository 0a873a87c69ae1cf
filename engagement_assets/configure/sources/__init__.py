"""The questions about one kind of source: a file each, listed here.

Each writes `source`, and sets the setup's reader when people can be looked up there already.
"""

from collections.abc import Callable, Mapping

from engagement_assets import sources
from engagement_assets.configure.document import Content
from engagement_assets.configure.setup import Setup
from engagement_assets.configure.sources import folder, graph

QUESTIONS: Mapping[str, Callable[[Setup, Content], None]] = {
    sources.GRAPH.name: graph.ask,
    sources.FOLDER.name: folder.ask,
}
