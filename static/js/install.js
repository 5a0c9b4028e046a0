// The worker that answers when the network is gone, and new versions of it.

import { content } from "./page.js";
import * as store from "./store.js";

/** Register the worker of this page's version; offer a load where the server has a newer one. */
export async function listen() {
  document.addEventListener("shopfloor:outdated", offer);
  // Entries are in the database, not in the page: loading the page anew loses none of them.
  document.addEventListener("click", (event) => event.target.closest?.("[data-update]") && location.reload());
  store.note("language", document.documentElement.lang).catch(() => {});
  const registration = await navigator.serviceWorker?.register(
    `/service-worker.js?v=${content("shopfloor-version")}`,
    { scope: "/", updateViaCache: "none" },
  );
  registration?.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => changeOver(registration));
  });
  if (registration) changeOver(registration);
}

function offer() {
  const band = document.getElementById("update");
  if (band) band.hidden = false;
}

// A worker of this page's own version takes over at once: this page has been loaded for it.
function changeOver({ waiting }) {
  const version = waiting && new URL(waiting.scriptURL).searchParams.get("v");
  if (version === content("shopfloor-version")) waiting.postMessage("change over");
}
