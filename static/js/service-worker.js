// Answers in the place of a network that is gone: the shell of the pages, and the queue.
// Writes are never touched here: the outbox of the page keeps and sends them.

const version = new URL(location).searchParams.get("v");
const CACHE = `shopfloor-${version}`;
const STATIC = `/static/${version}/`;
const SHELL = [
  "css/shopfloor.css",
  "icons.svg",
  "icon.svg",
  "vendor/htmx-4.0.1/htmx.min.js",
  "vendor/htmx-4.0.1/hx-csp.min.js",
  ...["alerts", "app", "awake", "drafts", "each", "entry", "feedback", "install", "limits", "live", "mates", "merge", "outbox", "page", "queue", "reopen", "scanner-test", "scans", "share", "shortcuts", "shrink", "speak", "steppers", "store", "stream", "token", "wedge", "wire"].map(
    (name) => `js/${name}.js`,
  ),
];
const QUEUES = { en: "/queue?in=en", zh: "/queue?in=zh" };

addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      await cache.addAll(SHELL.map((name) => STATIC + name));
      // Asked for without cookies: what is kept for everybody shows nobody's name.
      for (const address of Object.values(QUEUES)) {
        const answer = await fetch(address, { credentials: "omit", cache: "no-store" });
        // What a proxy says during an update must not become our page without network.
        if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
        await cache.put(address, answer);
      }
    }),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then(async (names) => {
      await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
      await clients.claim();
    }),
  );
});

addEventListener("message", (event) => {
  if (event.data === "change over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  } else if (request.headers.get("Accept")?.includes("text/html")) {
    event.respondWith(fetch(request).catch(queue));
  }
});

async function queue() {
  const language = (await noted("language").catch(() => "")) || navigator.language;
  const address = language?.startsWith("zh") ? QUEUES.zh : QUEUES.en;
  return (await caches.match(address)) ?? Response.error();
}

function noted(key) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("shopfloor", 1);
    asked.onerror = () => reject(asked.error);
    // Never make the database here: the page does, with its stores.
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onsuccess = () => {
      const read = asked.result.transaction("notes").objectStore("notes").get(key);
      read.onsuccess = () => resolve(read.result);
      read.onerror = () => reject(read.error);
      asked.result.close();
    };
  });
}
