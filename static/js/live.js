// A part of the page that is drawn anew whenever the server has recorded something.
// Where no stream can be had it is asked for every ten seconds; what is shown always says which.

/* global htmx */

const POLLS_EVERY = 10_000;
const TRIES_AGAIN = 60_000;
let source;
let polling;
let retry;
let drawing = false;
let again = false;

const place = () => document.querySelector("[data-live]");

function show(state) {
  for (const said of document.querySelectorAll("[data-live-state]")) said.hidden = said.dataset.liveState !== state;
}

async function draw() {
  const root = place();
  if (!root) return stop();
  // Changes that come while it is drawn are drawn together afterwards.
  if (drawing) {
    again = true;
    return;
  }
  drawing = true;
  try {
    const answer = await fetch(root.dataset.part, { headers: { "HX-Request": "true" } });
    // Nobody is signed in any more: the page says so when it is loaded.
    if (answer.status === 401 || answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    await htmx.swap({ text: await answer.text(), target: root.querySelector("#board"), swap: "innerHTML" });
    show(polling ? "slow" : "on");
  } catch {
    show("off");
  }
  drawing = false;
  if (!again) return;
  again = false;
  await draw();
}

function poll() {
  source?.close();
  source = undefined;
  if (polling) return;
  polling = setInterval(draw, POLLS_EVERY);
  retry = setTimeout(start, TRIES_AGAIN);
  draw();
}

function start() {
  stop();
  const root = place();
  if (!root || document.hidden) return;
  source = new EventSource(root.dataset.live);
  // Whatever happened while there was no stream is seen with its first word.
  source.addEventListener("open", draw);
  source.addEventListener("change", draw);
  source.addEventListener("error", () => {
    show("off");
    // Closed for good: no place was free, or nobody is signed in any more.
    if (source?.readyState === EventSource.CLOSED) poll();
  });
}

function stop() {
  source?.close();
  source = undefined;
  clearInterval(polling);
  polling = undefined;
  clearTimeout(retry);
}

document.addEventListener("visibilitychange", start);
document.addEventListener("shopfloor:swapped", () => (place() ? source ?? start() : stop()));
addEventListener("pagehide", stop);
start();
