// The screen stays on while a job runs: a worker's gloves do not unlock phones.

let lock;

async function keep() {
  const wanted = document.querySelector("[data-awake]") && !document.hidden;
  if (!wanted) {
    await lock?.release();
    lock = undefined;
    return;
  }
  // The browser takes the lock away whenever the page is hidden.
  if (!lock || lock.released) lock = await navigator.wakeLock?.request("screen");
}

const again = () => keep().catch(() => {});
document.addEventListener("visibilitychange", again);
document.addEventListener("shopfloor:swapped", again);
again();
