// A part of the page that is drawn anew whenever the server has recorded something.
// Where no stream can be had it is asked for every few seconds; what is shown always says which.

import { follow, slow } from "./stream.js";

/* global htmx */

let drawing = false;
let again = false;
let polled = 0;

const place = () => document.querySelector("[data-live]");

function show(state) {
  for (const said of document.querySelectorAll("[data-live-state]")) said.hidden = said.dataset.liveState !== state;
}

async function draw() {
  const root = place();
  if (!root || document.hidden) return;
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
    show(slow() ? "slow" : "on");
  } catch {
    show("off");
  }
  drawing = false;
  if (!again) return;
  again = false;
  await draw();
}

document.addEventListener("shopfloor:news", ({ detail }) => {
  if (detail.name === "lost") show("off");
  // A whole board is asked for only every second time: it says so, too.
  else if (detail.name === "poll") polled++ % 2 || draw();
  else if (detail.name !== "alerts" && detail.name !== "locks") draw();
});
document.addEventListener("visibilitychange", draw);
follow();
draw();
