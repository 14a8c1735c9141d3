"""Policy Tracker: one append-only log, and four things around it.

    RSS/Atom/JSON item ─fetch→ bytes ─keep→ evidence (sha256)
                         └parse→ RawItem ─extract→ Draft ─ ReceiveDocument ─┐
    person ─ console / API / CLI ─ command ────────────────────────────────┤
    reviewer or rule ─ AcceptDraft (closes the draft + records the fact) ──┤
                                                                           ▼
                                             execute: read → decide → append
                                                                           ▼
                                          LOG  (append-only, dense, ordered)
                                                      │ follow
                              ┌───────────────────────┴──────────────┐
                 views: fold → rows                     match → alert owed
                              ▼                                      ▼
                 API / console / CLI                 outbox → channel → verdict

What a machine fetched is evidence. What a person could dispute is an event. Only `execute` writes
events, and `imports` beside it, for history from elsewhere; a view can always be thrown away and folded again; a rebuild never sends anything.
"""

__version__ = "0.1.0"
