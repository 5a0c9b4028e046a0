// The worker that answers when the network is gone, and new versions of it.

import { content } from "./page.js";
import * as store from "./store.js";

/** Register the worker; offer a new version, and change over only when the person says so. */
export async function listen() {
  document.addEventListener("shopfloor:outdated", offer);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-update]")) change();
  });
  document.addEventListener("shopfloor:swapped", () => waiting && offer());
  store.note("language", document.documentElement.lang).catch(() => {});
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register(
    `/service-worker.js?v=${content("shopfloor-version")}`,
    { scope: "/", updateViaCache: "none" },
  );
  const watch = () => registration.waiting && navigator.serviceWorker.controller && offer();
  watch();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", watch);
  });
}

let waiting = false;

function offer() {
  waiting = true;
  const band = document.getElementById("update");
  if (band) band.hidden = false;
}

// Entries are in the database, not in the page: loading the page anew loses none of them.
async function change() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.waiting) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("change over");
}
