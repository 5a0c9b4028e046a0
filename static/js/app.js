// Starts everything that listens; each part lives in its own file.

import * as feedback from "./feedback.js";
import * as install from "./install.js";
import * as outbox from "./outbox.js";
import * as page from "./page.js";
import * as queue from "./queue.js";
import * as scans from "./scans.js";
import * as wedge from "./wedge.js";

/* global htmx */

htmx.config.noSwap = [204, 304, "5xx"];
feedback.listen();
page.listen();
queue.listen().catch(() => {});
scans.listen();
wedge.listen((text) => scans.scanned(text, { source: "trigger" }));
install.listen();
outbox.listen();

function dressed() {
  wedge.wait();
  outbox.count().catch(() => {});
  if (document.querySelector("[data-camera]")) import("./camera.js").catch(() => {});
  if (document.querySelector("[data-step]")) import("./steppers.js").catch(() => {});
}
document.addEventListener("shopfloor:swapped", dressed);
document.addEventListener("visibilitychange", () => document.hidden || wedge.wait());
document.addEventListener("focusout", () => setTimeout(wedge.wait));
dressed();
