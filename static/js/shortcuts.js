// Keys of the desk. A scanner types the same letters: a key counts only when it stands alone, with
// no other shortly before or after it, and never while somebody writes in a field.

const ALONE_MS = 150; // longer than the slowest scanner's gap between two keys
const ROWS = "main .rows a.row, main .rows .row .main > a, main .table tbody th a";

let waiting;
let last = 0;

document.addEventListener("keydown", (event) => {
  clearTimeout(waiting);
  if (event.isComposing || event.key === "Shift") return;
  const alone = event.timeStamp - last > ALONE_MS;
  last = event.timeStamp;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return save(event);
  if (event.key === "Escape") return close(event);
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  const act = actionOf(event.key);
  if (!act) return;
  if (event.key.startsWith("Arrow")) {
    // No scanner types arrows; without rows they move the page as always.
    if (act()) event.preventDefault();
  } else if (event.repeat) {
    act();
  } else if (alone) {
    waiting = setTimeout(act, ALONE_MS);
  }
});

function actionOf(key) {
  return {
    "/": search,
    "?": () => location.assign("/keyboard"),
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => isOnRow() && step(1),
    ArrowUp: () => isOnRow() && step(-1),
  }[key];
}

function isWriting(target) {
  return target.matches?.("input:not([data-catcher]), textarea, select, [contenteditable]") ?? false;
}

function isOnRow() {
  return Boolean(document.activeElement?.matches(ROWS));
}

function search() {
  const field = document.querySelector("main input[type=search][name=q]") ?? document.querySelector("[data-find]");
  if (field?.offsetParent) {
    field.focus();
    field.select();
  } else {
    location.assign("/search");
  }
}

function step(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent);
  if (!rows.length) return false;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
  rows[next]?.focus();
  return true;
}

function save(event) {
  const form = event.target.form ?? document.querySelector("main form[method=post][id]");
  const button = form && (document.querySelector(`button[form="${form.id}"]:not([name])`) ?? form.querySelector("button:not([type=button])"));
  if (!button || form.matches("[role=search]") || !form.closest("main")) return;
  event.preventDefault();
  form.requestSubmit(button);
}

function close(event) {
  const open = event.target.closest?.("details[open]") ?? document.querySelector(".who details[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary")?.focus();
  } else if (isWriting(event.target)) {
    event.target.blur();
  }
}
