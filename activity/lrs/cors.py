"""Content that runs in a browser may call from any site: it brings its credentials itself, and no cookie counts."""

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Last-Modified, Content-Length, Retry-After, "
        "X-Experience-API-Version, X-Experience-API-Consistent-Through, X-Experience-API-Hash"
    ),
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, "
        "X-Experience-API-Hash, X-Experience-API-Version, X-Requested-With"
    ),
    "Access-Control-Max-Age": "7200",
}
