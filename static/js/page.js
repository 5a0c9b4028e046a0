// The page as it is shown: one place that puts another one there without losing what listens,
// so that a scan that arrives meanwhile is still heard.

/* global htmx */

export const content = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** Return a sentence of the interface in the reader's language, with its values in place. */
export function say(name, values = {}) {
  const pattern = document.getElementById("words")?.dataset[name] ?? name;
  return pattern.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** Show a page that the server has written, under its address. */
export async function show(html, url, { push = true } = {}) {
  const written = new DOMParser().parseFromString(html, "text/html");
  const page = written.querySelector("body");
  if (!page || !written.querySelector("main")) return location.assign(url);
  // Theme, language and person belong to the document, which stays.
  for (const name of ["lang", "data-theme"]) {
    const value = written.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  // A copy that was kept for a time without network knows nobody: we still do.
  const kept = written.querySelector("[data-kept-copy]");
  if (kept) url = location.href;
  for (const meta of kept ? [] : written.querySelectorAll("meta[name^=shopfloor]")) {
    const ours = document.querySelector(`meta[name="${meta.name}"]`);
    if (ours) ours.content = meta.content;
  }
  if (push && new URL(url, location).href !== location.href) history.pushState({}, "", url);
  document.title = written.title;
  await htmx.swap({ text: page.innerHTML, target: document.body, swap: "innerHTML" });
  scrollTo(0, 0);
  document.dispatchEvent(new CustomEvent("shopfloor:swapped"));
}

/** Open an address of ours in place; anything else, and whatever fails, goes the browser's way. */
export async function visit(url, options) {
  const target = new URL(url, location);
  if (target.origin !== location.origin) return;
  try {
    const answer = await fetch(target, { headers: { Accept: "text/html" } });
    const kind = answer.headers.get("Content-Type") ?? "";
    if (!kind.startsWith("text/html")) return location.assign(target);
    await show(await answer.text(), answer.url + target.hash, options);
  } catch {
    location.assign(target);
  }
}

/** Links of ours open in place; history goes back the same way. Forms are not touched here. */
export function listen() {
  history.scrollRestoration = "manual";
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download"))
      return;
    const url = new URL(link.href);
    const same = url.pathname + url.search === location.pathname + location.search;
    if (url.origin !== location.origin || "plain" in link.dataset || (same && url.hash)) return;
    event.preventDefault();
    visit(url);
  });
  addEventListener("popstate", () => visit(location.href, { push: false }));
}
