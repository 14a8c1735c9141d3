"""The console: pages for people; each page is one file with its line in `PAGES`."""

from litestar.types import ControllerRouterHandler

PAGES: tuple[ControllerRouterHandler, ...] = ()
