// Plus and minus beside a number: no keyboard is needed for a few pieces more or less.

function dress() {
  for (const button of document.querySelectorAll("button[data-step][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-step]");
  const field = button && document.getElementById(button.dataset.for);
  if (!field) return;
  // Both decimal signs are in use; what is no number counts as none.
  const now = Number(field.value.trim().replace(",", ".")) || 0;
  const next = Math.max(0, now + Number(button.dataset.step));
  // Sums of tenths must not show their binary rests.
  field.value = String(Number(next.toFixed(6)));
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("shopfloor:swapped", dress);
dress();
