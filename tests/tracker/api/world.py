"""A log with something of every kind."""

from tests.tracker.api.door import Door


async def world(door: Door) -> dict[str, str]:
    """What each parameter may name that is there, so that not all is answered with 404."""
    document, draft = await door.document(
        "Ecuador suspends visa-free entry for China.",
        {
            "jurisdiction": "EC",
            "action": "introduced",
            "rule": {"nationalities": ["CN"], "regime": "visa-required"},
        },
    )
    rule = await door.change("visa-free", "2016-08-01")
    await door.post("/parties", {"kind": "person", "names": ["Ana"]})
    channel = (await door.post("/channels", {"pull": {}})).written["channel"]
    wanted = {"channel": channel, "filter": {"countries": ["EC"]}}
    subscription = (await door.post("/subscriptions", wanted)).written["subscription"]
    feed = (await door.post("/feeds", {"url": "https://example.org/feed"})).written
    await door.parts.settle()
    feeds = (await door.get("/feeds")).body["feeds"]
    parties = (await door.get("/parties")).body["parties"]
    policies = (await door.get("/policies")).body["policies"]
    return {
        "path.destination": "EC",
        "path.nationality": "CN",
        "path.document": document,
        "path.draft": draft,
        "path.event": rule["event"],
        "path.policy": policies[0]["policy"]["policy"],
        "path.party": parties[0]["party"],
        "path.channel": channel,
        "path.subscription": subscription,
        "path.feed": feeds[0]["feed"]["feed"],
        "path.position": str(feed["position"]),
        "path.kind": "policy",
        "query.valid_at": "2024-06-30",
        "query.country": "EC",
        "query.jurisdiction": "EC",
    }
