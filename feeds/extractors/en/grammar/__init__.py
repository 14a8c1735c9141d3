"""How English says it: sentences, dates, numbers, places, agents, and the clauses of each fact."""
