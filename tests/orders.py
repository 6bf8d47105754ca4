"""A description with all that a graph has to draw: branches, loops, retries, a sub-workflow, dependsOn, a transfer."""

from __future__ import annotations

from typing import Any

from scripted import Answer, ScriptedServer, openapi_of

OPERATIONS = (
    "token POST /token",
    "probe GET /health",
    "createOrder POST /orders",
    "getOrder GET /orders/{orderId}",
    "pay POST /orders/{orderId}/payment",
    "ship POST /orders/{orderId}/shipment",
    "refund POST /orders/{orderId}/refund",
    "cancel DELETE /orders/{orderId}",
    "notify POST /notifications",
)
OPENAPI = openapi_of(*OPERATIONS)
for _path in ("/token", "/orders", "/orders/{orderId}/payment", "/notifications"):
    OPENAPI["paths"][_path]["post"]["requestBody"] = {"content": {"application/json": {}}}
_OK = [{"condition": "$statusCode == 200"}]
_ORDER = [{"name": "orderId", "in": "path", "value": "$steps.createOrder.outputs.orderId"}]


def description() -> dict[str, Any]:
    """The Arazzo description; `placeOrder` is its first workflow."""
    return {
        "arazzo": "1.1.0",
        "info": {"title": "Orders", "version": "1.0.0"},
        "sourceDescriptions": [{"name": "shop", "url": "openapi.json", "type": "openapi"}],
        "workflows": [_place_order(), _sign_in(), _warm_up(), _give_back()],
    }


def _place_order() -> dict[str, Any]:
    password = {"type": "string", "format": "password"}
    return {
        "workflowId": "placeOrder",
        "summary": "Place an order, pay for it, and wait until it is on its way.",
        "dependsOn": ["warmUp"],
        "inputs": {"type": "object", "properties": {"item": {"type": "string"}, "password": password}},
        "steps": [
            {
                "stepId": "signIn",
                "description": "Everything below needs a token.",
                "workflowId": "signIn",
                "parameters": [{"name": "password", "value": "$inputs.password"}],
                "outputs": {"token": "$outputs.token"},
            },
            {
                "stepId": "createOrder",
                "description": "Reserve the item.",
                "operationId": "createOrder",
                "parameters": [
                    {"name": "Authorization", "in": "header", "value": "Bearer {$steps.signIn.outputs.token}"}
                ],
                "requestBody": {"payload": {"item": "$inputs.item", "quantity": 2}},
                "successCriteria": _OK,
                "onFailure": [
                    {
                        "name": "busy",
                        "type": "retry",
                        "retryAfter": 0.05,
                        "retryLimit": 3,
                        "criteria": [{"condition": "$statusCode == 503"}],
                    },
                    {
                        "name": "soldOut",
                        "type": "goto",
                        "stepId": "notify",
                        "criteria": [{"condition": "$statusCode == 409"}],
                    },
                ],
                "outputs": {"orderId": "$response.body#/id"},
            },
            {
                "stepId": "pay",
                "operationId": "pay",
                "parameters": _ORDER,
                "requestBody": {"payload": {"card": {"number": "4111111111111111"}}},
                "successCriteria": _OK,
                "onFailure": [
                    {
                        "name": "declined",
                        "type": "goto",
                        "stepId": "cancel",
                        "criteria": [{"condition": "$statusCode == 402"}],
                    },
                    {"name": "brokenTill", "type": "end"},
                ],
                "outputs": {"receipt": "$response.body#/receipt"},
            },
            {
                "stepId": "waitForIt",
                "description": "Ask until it is packed.",
                "operationId": "getOrder",
                "parameters": _ORDER,
                "timeout": 5000,
                "successCriteria": [
                    {"condition": "$statusCode == 200"},
                    {"context": "$response.body#/state", "type": "regex", "condition": "^(open|packed|lost)$"},
                ],
                "onSuccess": [
                    {
                        "name": "notYet",
                        "type": "goto",
                        "stepId": "waitForIt",
                        "criteria": [{"condition": "$response.body#/state == 'open'"}],
                    },
                    {
                        "name": "lost",
                        "type": "goto",
                        "workflowId": "giveBack",
                        "criteria": [{"condition": "$response.body#/state == 'lost'"}],
                    },
                ],
                "outputs": {"state": "$response.body#/state"},
            },
            {
                "stepId": "ship",
                "operationId": "ship",
                "parameters": _ORDER,
                "dependsOn": ["pay"],
                "successCriteria": _OK,
                "onSuccess": [{"name": "tell", "type": "goto", "stepId": "notify"}],
                "onFailure": [
                    {"name": "tryAgain", "type": "retry", "retryAfter": 0.01, "retryLimit": 2, "stepId": "waitForIt"}
                ],
            },
            {"stepId": "cancel", "operationId": "cancel", "parameters": _ORDER, "successCriteria": _OK},
            {
                "stepId": "notify",
                "operationId": "notify",
                "requestBody": {"payload": {"text": "news of your order"}},
                "successCriteria": _OK,
                "onSuccess": [{"name": "done", "type": "end"}],
            },
        ],
        "outputs": {"orderId": "$steps.createOrder.outputs.orderId", "receipt": "$steps.pay.outputs.receipt"},
    }


def _sign_in() -> dict[str, Any]:
    return {
        "workflowId": "signIn",
        "summary": "Exchange a password for a token.",
        "inputs": {"type": "object", "properties": {"password": {"type": "string", "format": "password"}}},
        "steps": [
            {
                "stepId": "getToken",
                "operationId": "token",
                "requestBody": {"payload": {"password": "$inputs.password"}},
                "successCriteria": _OK,
                "outputs": {"token": "$response.body#/token"},
            }
        ],
        "outputs": {"token": "$steps.getToken.outputs.token"},
    }


def _warm_up() -> dict[str, Any]:
    return {"workflowId": "warmUp", "steps": [{"stepId": "probe", "operationId": "probe", "successCriteria": _OK}]}


def _give_back() -> dict[str, Any]:
    return {
        "workflowId": "giveBack",
        "summary": "The order was lost: give the money back.",
        "steps": [
            {
                "stepId": "refund",
                "operationId": "refund",
                "parameters": [{"name": "orderId", "in": "path", "value": "last"}],
                "successCriteria": _OK,
            }
        ],
    }


PASSWORD = "correct-horse-battery"
TOKEN = "tok-5b1d9c7e-secret"


def answers(server: ScriptedServer) -> None:
    """The first order meets a busy server, is open twice, and arrives."""
    server.on("GET /health", {"status": "up"})
    server.on("POST /token", {"token": TOKEN})
    busy = Answer(503, {"message": "busy"}, delay=0.02)
    server.on("POST /orders", busy, busy, Answer(200, {"id": "o-17", "item": "lamp", "quantity": 2}, delay=0.03))
    server.on("POST /orders/o-17/payment", Answer(200, {"receipt": "r-9", "amount": 39.90}, delay=0.06))
    opened = Answer(200, {"id": "o-17", "state": "open"}, delay=0.02)
    server.on("GET /orders/o-17", opened, opened, {"id": "o-17", "state": "packed"})
    server.on("POST /orders/o-17/shipment", Answer(200, {"carrier": "ACME"}, delay=0.04))
    server.on("POST /notifications", {"sent": True})
    server.on("POST /orders/last/refund", {"refunded": True})
    server.on("DELETE /orders/o-17", 200)
