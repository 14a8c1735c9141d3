"""What a reviewer is shown, and what becomes of it; the same for console, API and command line.

stacks.py     drafts of one fact as one, those first that a subscription watches
watching.py   what open subscriptions watch, followed in the log
duplicates.py known facts that say what a draft says
desk.py       the decisions, and who was first
trusting.py   the tick that accepts what a feed is trusted with
"""
