// Starts everything that listens; each part lives in its own file.

import * as drafts from "./drafts.js";
import * as feedback from "./feedback.js";
import * as install from "./install.js";
import * as outbox from "./outbox.js";
import * as page from "./page.js";
import * as queue from "./queue.js";
import * as scans from "./scans.js";
import * as wedge from "./wedge.js";

/* global htmx */

// What only some pages need comes with the first of them.
const PARTS = [
  ["bell", "alerts"],
  ["locks", "alerts"],
  ["awake", "awake"],
  ["camera", "camera"],
  ["live", "live"],
  ["find", "shortcuts"],
  ["limits", "limits"],
  ["merge", "merge"],
  ["mates", "mates"],
  ["scanner-test", "scanner-test"],
  ["share", "share"],
  ["speak", "speak"],
  ["step", "steppers"],
];

htmx.config.noSwap = [204, 304, "5xx"];
drafts.listen();
feedback.listen();
page.listen();
queue.listen().catch(() => {});
scans.listen();
wedge.listen((text, how) => scans.scanned(text, { source: "trigger", ...how }));
// A certificate that the browser does not trust forbids the worker; the pages go on without it.
install.listen().catch(() => {});
outbox.listen();

const bring = (part) => import(part).catch(() => page.missed(new URL(part, import.meta.url))).catch(() => {});

function dressed() {
  drafts.restore().catch(() => {});
  wedge.wait();
  outbox.count().catch(() => {});
  for (const [mark, part] of PARTS) {
    if (document.querySelector(`[data-${mark}]`)) bring(`./${part}.js`);
  }
  if (document.querySelector("input[type=file][capture]")) bring("./shrink.js");
}
document.addEventListener("shopfloor:swapped", dressed);
document.addEventListener("visibilitychange", () => document.hidden || wedge.wait());
document.addEventListener("focusout", () => setTimeout(wedge.wait));
dressed();
