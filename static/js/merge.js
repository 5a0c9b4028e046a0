// After a late save: a field shows the side that is chosen, and whoever writes in it chooses his own.

const ROWS = "[data-merge] [data-field]";

function show(row) {
  const field = document.getElementById(row.dataset.field);
  const chosen = row.querySelector(":checked");
  if (!field || !chosen) return;
  if (field.type === "checkbox") field.checked = Boolean(chosen.dataset.side);
  else field.value = chosen.dataset.side;
}

function dressed() {
  for (const row of document.querySelectorAll(ROWS)) show(row);
}

document.addEventListener("change", (event) => {
  const row = event.target.closest?.(ROWS);
  if (row) show(row);
});

document.addEventListener("input", (event) => {
  const field = event.target;
  const row = field.id && document.querySelector(`[data-merge] [data-field="${CSS.escape(field.id)}"]`);
  const mine = row && row.querySelector("[value=mine]");
  if (!mine) return;
  mine.checked = true;
  mine.dataset.side = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value;
});

document.addEventListener("shopfloor:swapped", dressed);
dressed();
