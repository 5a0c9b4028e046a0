// The one stream of a page: on it the server says that there is news, and each part asks for its own.
// Where no stream can be had, the parts are told to ask every few seconds.

import { content } from "./page.js";

const POLLS_EVERY = 5_000;
const TRIES_AGAIN = 60_000;
const NEWS = ["change", "alerts", "locks"];
let source;
let address;
let polling;
let retry;

/** Say whether the parts have to ask by themselves. */
export const slow = () => polling !== undefined;

const told = (name) => document.dispatchEvent(new CustomEvent("shopfloor:news", { detail: { name } }));

// A board names its own; once a stream is open it stays, whatever page comes: to connect costs more.
function wanted() {
  const board = document.querySelector("[data-live]")?.dataset.live;
  if (board) return board;
  if (document.querySelector("[data-bell]")) return "/live";
  // What nobody looks at needs no stream, unless alerts are to be heard.
  if (document.hidden || !content("shopfloor-person")) return undefined;
  return document.querySelector("[data-locks]") || source || polling ? "/live" : undefined;
}

function stop() {
  source?.close();
  source = address = undefined;
  clearInterval(polling);
  polling = undefined;
  clearTimeout(retry);
}

function poll() {
  const there = address;
  stop();
  address = there;
  polling = setInterval(() => told("poll"), POLLS_EVERY);
  retry = setTimeout(() => {
    stop();
    follow();
  }, TRIES_AGAIN);
  told("poll");
}

/** Open the stream that this page wants, unless it is open already. */
export function follow() {
  const there = document.hidden && !document.querySelector("[data-bell]") ? undefined : wanted();
  if (there === address) return;
  stop();
  if (!there) return;
  address = there;
  source = new EventSource(there);
  // Whatever happened while there was no stream is asked for with its first word.
  source.addEventListener("open", () => told("open"));
  for (const name of NEWS) source.addEventListener(name, () => told(name));
  source.addEventListener("error", () => {
    told("lost");
    // Closed for good: no place was free, or nobody is signed in any more.
    if (source?.readyState === EventSource.CLOSED) poll();
  });
}

document.addEventListener("visibilitychange", follow);
document.addEventListener("shopfloor:swapped", follow);
addEventListener("pagehide", stop);
