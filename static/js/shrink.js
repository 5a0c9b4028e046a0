// A photo is made small before it is kept or sent: fewer bytes for weak Wi-Fi, and no place or owner
// in it. Whatever cannot be made small here goes as it is; the server makes every photo anew.
// @ts-check

/** As large as the server keeps it. */
const SIDE = 2560;

document.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.matches?.("input[type=file][capture]") && input.files?.length) shrink(input, [...input.files]);
});

/**
 * @param {HTMLInputElement} input
 * @param {File[]} taken
 */
async function shrink(input, taken) {
  try {
    const kept = new DataTransfer();
    for (const file of taken) {
      const small = await jpeg(file);
      kept.items.add(small ? new File([small], "photo.jpg", { type: "image/jpeg" }) : file);
    }
    // Another photo may have been taken meanwhile.
    if (input.files?.[0] === taken[0]) input.files = kept.files;
  } catch {
    // No canvas, or a picture that this browser cannot open.
  }
}

/** @param {Blob} file */
async function jpeg(file) {
  // Turned as the camera was held: what is drawn has no EXIF that could say so.
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(whole.width * scale));
  canvas.height = Math.max(1, Math.round(whole.height * scale));
  canvas.getContext("2d")?.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}
