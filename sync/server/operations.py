"""For whoever runs the server: whether it lives, whether it can work, and its figures."""

import ipaddress

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import select

from app.domain.errors import CounterError
from sync.server import tables
from sync.server.database import Database
from sync.server.metrics import Metrics

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def routes(database: Database, metrics: Metrics) -> APIRouter:
    """`/health`, `/health/live`, `/health/ready`, `/metrics`."""
    router = APIRouter()

    @router.get("/health", summary="Whether the server answers; tells nothing else")
    @router.get("/health/live", summary="Whether the process answers: start it anew when it does not")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/health/ready", summary="Whether it can work: send it no requests when it says 503")
    def ready() -> Response:
        try:
            with database.read() as connection:
                connection.execute(select(tables.office.c.code).limit(1)).first()
        except CounterError as error:
            return JSONResponse({"status": error.code}, 503)
        return JSONResponse({"status": "ok"})

    @router.get("/metrics", include_in_schema=False)
    def figures(request: Request) -> Response:
        if not _is_near(request.client.host if request.client else ""):
            return Response(status_code=404)
        return Response(metrics.text(database), media_type=TEXT)

    return router


def _is_near(address: str) -> bool:
    """This machine, or the house's own network: figures are nobody else's business."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
