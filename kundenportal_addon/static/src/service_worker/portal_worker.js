// @odoo-module ignore

/**
 * Shows an honest page when there is no connection, and nothing else: the only page it keeps is the
 * one below, which is the same for everybody. It never answers a form, and keeps no private page.
 * Once a day it fetches that page anew; if it is gone, as after an uninstallation, so is the worker.
 */

/* eslint-disable no-restricted-globals */
const SCOPE = new URL(self.registration.scope).pathname.replace(/\/$/, "");
const CACHE = `kundenportal-offline:${SCOPE}`;
/** In the language and of the company that the worker was registered with. */
const PAGE = `/my/offline${self.location.search}`;
const LIFETIME = 24 * 60 * 60 * 1000;
const KEPT_AT = "X-Kept-At";

const fetchPage = () => fetch(PAGE, { cache: "no-store" });

async function keep(response) {
    const headers = {
        "Content-Type": "text/html; charset=utf-8",
        [KEPT_AT]: String(Date.now()),
    };
    const body = await response.text();
    await caches.delete(CACHE); // of another company or language
    const cache = await caches.open(CACHE);
    await cache.put(PAGE, new Response(body, { headers }));
}

async function install() {
    const response = await fetchPage();
    if (!response.ok) {
        throw new Error(`${PAGE}: ${response.status}`);
    }
    await keep(response);
    await self.skipWaiting();
}

async function refresh() {
    const kept = await caches.match(PAGE, { cacheName: CACHE });
    if (kept && Date.now() - Number(kept.headers.get(KEPT_AT)) < LIFETIME) {
        return;
    }
    const response = await fetchPage().catch(() => null); // no connection: another time
    if (response?.ok) {
        await keep(response);
    } else if (response?.status === 404) {
        await caches.delete(CACHE);
        await self.registration.unregister();
    }
}

async function showPage() {
    const kept = await caches.match(PAGE, { cacheName: CACHE });
    return kept
        ? new Response(kept.body, { status: 503, headers: kept.headers })
        : Response.error();
}

function isPage(request) {
    const { pathname } = new URL(request.url);
    const isPortal = pathname === SCOPE || pathname.startsWith(`${SCOPE}/`);
    return isPortal && request.method === "GET" && request.mode === "navigate";
}

self.addEventListener("install", (event) => event.waitUntil(install()));

self.addEventListener("fetch", (event) => {
    if (isPage(event.request)) {
        event.respondWith(fetch(event.request).catch(showPage));
        event.waitUntil(refresh());
    }
});
