"""The peer of the outbox: procrastinate, which enqueues and works off jobs that do nothing."""

import time

import procrastinate

NAME = "procrastinate 3.10.0"
_JOBS, _AT_ONCE = 2000, 64


async def jobs(url: str) -> float:
    """Jobs a second, enqueued in one batch and worked off by one process; no work is in them."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, max_size=16))

    @app.task(name="nothing")
    async def nothing(number: int) -> None:
        """Nothing at all."""

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        started = time.perf_counter()
        await nothing.batch_defer_async(*({"number": n} for n in range(_JOBS)))
        await app.run_worker_async(
            wait=False, concurrency=_AT_ONCE, install_signal_handlers=False, listen_notify=False
        )
        return _JOBS / (time.perf_counter() - started)
