// The page as it is shown: one place that puts another one there without losing what listens,
// so that a scan that arrives meanwhile is still heard.

import { ask } from "./wire.js";

/* global htmx */

// Every way to another page counts up: an answer that comes late knows that it does.
let steps = 0;
const addressHere = () => location.pathname + location.search;
// The page that is shown, or that the history has asked for.
let address = addressHere();

export const content = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** Return a mark of the page that is shown now, for stillHere(). */
export const here = () => steps;

/** Say whether the worker is still where he was at that mark. */
export const stillHere = (mark) => mark === steps;

/** Return a sentence of the interface in the reader's language. */
export const say = (name) => document.getElementById("words")?.dataset[name] ?? name;

/** Return the sentence that a page answers with; empty where it has none. */
export function sentenceIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("[data-sentence]")?.textContent.trim() ?? "";
}

/** Show a page that the server has written, under its address; returns whether it is there now. */
export async function show(html, url, { push = true } = {}) {
  const mark = ++steps;
  const written = new DOMParser().parseFromString(html, "text/html");
  const page = written.getElementById("page");
  const language = (from) => from.documentElement.lang;
  // What stays around the page speaks one language: another one is loaded anew.
  if (!page || language(written) !== language(document)) return void location.assign(url);
  // A form without an action goes where its page is from, whatever address it is shown under.
  const from = new URL(url, location);
  if (from.pathname !== location.pathname && !push) {
    for (const form of page.querySelectorAll("form:not([action])")) form.setAttribute("action", from.pathname + from.search);
  }
  // A copy that was kept for a time without network knows nobody: we still do.
  const kept = written.querySelector("[data-kept-copy]");
  if (!kept) take(written);
  if (push && !kept && from.href !== location.href) history.pushState({}, "", url);
  address = addressHere();
  document.title = written.title;
  const undress = await dress(written);
  if (!stillHere(mark)) return;
  // How many entries wait is known here, and not to the server: the number does not blink.
  const waits = document.getElementById("kept");
  if (waits) written.getElementById("kept")?.replaceWith(waits.cloneNode(true));
  await htmx.swap({ text: page.innerHTML, target: document.getElementById("page"), swap: "innerHTML" });
  if (!stillHere(mark)) return;
  undress();
  scrollTo(0, 0);
  const arrived = document.getElementById("arrived");
  if (arrived) arrived.textContent = document.querySelector("h1")?.textContent.trim() ?? "";
  document.dispatchEvent(new CustomEvent("shopfloor:swapped"));
  return true;
}

const sheets = (from) => [...from.head.querySelectorAll("link[rel=stylesheet]")];
const SHEET_MS = 2000;

// A page may have style sheets of its own: they come before it, and go when the next one is there.
async function dress(written) {
  const wanted = sheets(written).map((sheet) => sheet.getAttribute("href"));
  const worn = new Set(sheets(document).map((sheet) => sheet.getAttribute("href")));
  const coming = wanted.filter((href) => !worn.has(href)).map((href) => put(href));
  await Promise.race([Promise.all(coming), new Promise((late) => setTimeout(late, SHEET_MS))]);
  return () => {
    for (const sheet of sheets(document)) {
      if (!wanted.includes(sheet.getAttribute("href"))) sheet.remove();
    }
  };
}

function put(href) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = href;
  return new Promise((there) => {
    sheet.onload = sheet.onerror = there;
    document.head.append(sheet);
  });
}

// Theme, person and token belong to the document, which stays.
function take(written) {
  const theme = written.documentElement.dataset.theme;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const meta of written.querySelectorAll("meta[name^=shopfloor]")) {
    const ours = document.querySelector(`meta[name="${meta.name}"]`);
    if (meta.name === "shopfloor-version") {
      // The scripts that run here are of another time than the page: only a load changes that.
      if (ours && ours.content !== meta.content) outdated();
    } else if (ours) ours.content = meta.content;
  }
}

/** Lead whoever is not signed in any more to where that is done, and back again. */
export const toSignIn = (page = location.pathname) => location.assign(`/sign-in?next=${encodeURIComponent(page)}`);

/** Say that the server has newer scripts than this page. */
export const outdated = () => document.dispatchEvent(new CustomEvent("shopfloor:outdated"));

/** Say so if a script did not come because the server has newer ones; a network comes back by itself. */
export async function missed(url) {
  const { answer } = await ask(url, { method: "HEAD", cache: "no-store" });
  if (answer.status === 404) outdated();
}

/** Open an address of ours in place; anything else, and whatever fails, goes the browser's way. */
export async function visit(url, options) {
  const target = new URL(url, location);
  if (target.origin !== location.origin) return;
  const mark = ++steps;
  try {
    const { answer, text } = await ask(target, { headers: { Accept: "text/html" } }, 20_000);
    // The last tap wins, not the last answer.
    if (!stillHere(mark)) return;
    const kind = answer.headers.get("Content-Type") ?? "";
    if (!kind.startsWith("text/html")) return location.assign(target);
    await show(text, answer.url + target.hash, options);
  } catch {
    if (stillHere(mark)) location.assign(target);
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
    const same = url.pathname + url.search === addressHere();
    if (url.origin !== location.origin || "plain" in link.dataset || (same && url.hash)) return;
    event.preventDefault();
    visit(url);
  });
  addEventListener("popstate", () => {
    // A jump within the page, such as to its content, is no way to another one.
    if (addressHere() === address) return;
    address = addressHere();
    visit(location.href, { push: false });
  });
}
