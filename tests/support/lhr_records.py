"""A system of staff records as a process: `python -m tests.support.lhr_records`. Prints its address.

It asks the identity provider who holds the token of a request. `POST /test/switch` names the provider and a cheat.

cheats: error, html, silent, unauthorized, other, nobody, empty, missing
"""

import json
import socket
import threading
from typing import Any

import requests
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

OTHER = "3100600000005"
HELD = threading.Event()
"""Never set: a silent system waits for it."""


def record(number: str) -> dict[str, Any]:
    return {
        "data": {
            "citizenId": number,
            "name": "นายกตัญญู ปิ่นแก้วทดสอบ",
            "birthDate": "2527-02-29",
            "position": {"title": "เจ้าพนักงานธุรการ", "level": "ชำนาญงาน", "number": "01-2-3456"},
            "bank": {"account": "999-0-00001-1"},
            "salary": [
                {"from": "2566-10-01", "rate": "18,020", "order": "12/2566"},
                {"from": "2567-10-01", "rate": "18,790", "order": "15/2567"},
            ],
            "secret": "ไม่มีใครต้องเห็น",
        }
    }


def create_app() -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    state: dict[str, Any] = {"issuer": "", "cheat": "", "asked": 0}

    @app.get("/v1/me")
    def me(request: Request) -> Response:
        state["asked"] += 1
        cheat = state["cheat"]
        if cheat == "silent":
            HELD.wait(float(state.get("seconds", 60)))
        if cheat == "error":
            return HTMLResponse("<h1>Internal Server Error</h1>", 500)
        if cheat == "html":
            return HTMLResponse("<h1>ปิดปรับปรุงระบบ</h1>")
        if cheat == "missing":
            return JSONResponse({"message": "not found"}, 404)
        number = holder(state["issuer"], request.headers.get("authorization", ""))
        if not number or cheat == "unauthorized":
            return JSONResponse({"message": "invalid token"}, 401)
        found = record(OTHER if cheat == "other" else number)
        if cheat == "nobody":
            del found["data"]["citizenId"]
        if cheat == "empty":
            found["data"] = {"citizenId": number}
        return JSONResponse(found)

    @app.post("/test/switch")
    async def switch(request: Request) -> dict[str, Any]:
        state.update(json.loads(await request.body()))
        return state

    return app


def holder(issuer: str, authorization: str) -> str:
    """The citizen number of who holds the token; "" for a token of nobody, or one that was not meant for records."""
    with requests.Session() as http:
        http.trust_env = False
        answer = http.get(f"{issuer}/api/v2/oauth2/userinfo/", headers={"Authorization": authorization}, timeout=10)
    claims = answer.json() if answer.status_code == 200 else {}
    return str(claims.get("pid", "")) if claims.get("lhr") else ""


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(create_app(), log_level="warning", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main()
