"""Evidence in, drafts out: feeds are fetched, parsed and read for facts."""

from feeds.extractors.en.incidents import INCIDENTS
from feeds.extractors.en.policies import POLICIES
from feeds.extractors.en.statements import STATEMENTS
from feeds.extractors.en.statistics import STATISTICS

EXTRACTORS = (POLICIES, STATEMENTS, STATISTICS, INCIDENTS)
