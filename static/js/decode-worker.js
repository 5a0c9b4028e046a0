// Reads one code in a frame, away from the page's own thread, with the wasm from our own address.
// Takes { id, frame, hard }, answers { id, read } or { id, failed }; the first answer of all is
// { ready } or { failed }.
// @ts-check

import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm-3.1.4/es/reader/index.js";

// Only what is on our labels, on suppliers' labels and on goods: each format more costs time in
// every frame and is one more way to read something that is not there.
/** @type {import("../vendor/zxing-wasm-3.1.4/es/reader/index.js").ReaderOptions["formats"]} */
const FORMATS = [
  "QRCode", "MicroQRCode", "RMQRCode", "DataMatrix",
  "Code128", "EAN13", "EAN8", "UPCA", "UPCE", "ITF", "Code39", "DataBar",
];
const MATRIX = new Set(["QRCode", "DataMatrix"]);
/** @param {boolean} hard */
const OPTIONS = (hard) => ({
  formats: FORMATS,
  maxNumberOfSymbols: 1,
  // As it is in the code: the group separators of GS1 stay, no brackets are put in.
  textMode: /** @type {const} */ ("Plain"),
  tryHarder: hard,
  tryRotate: hard,
  tryInvert: hard,
  tryDownscale: hard,
});

// The package would ask a server far away; a factory may have no way out, and wants none.
const ready = prepareZXingModule({
  overrides: {
    locateFile: (/** @type {string} */ name) =>
      new URL(`../vendor/zxing-wasm-3.1.4/reader/${name}`, import.meta.url).href,
  },
  fireImmediately: true,
});
ready.then(
  () => self.postMessage({ ready: true }),
  (/** @type {unknown} */ fault) => self.postMessage({ failed: String(fault) }),
);

/** @type {OffscreenCanvas | undefined} */
let canvas;

self.addEventListener("message", async ({ data: { id, frame, hard } }) => {
  try {
    await ready;
    const [found] = await readBarcodes(pixels(frame), OPTIONS(hard));
    self.postMessage({ id, read: found?.isValid ? told(found) : null });
  } catch (fault) {
    self.postMessage({ id, failed: String(fault) });
  }
});

/** @param {ImageData | ImageBitmap} frame */
function pixels(frame) {
  if (frame instanceof ImageData) return frame;
  const { width, height } = frame;
  if (canvas?.width !== width || canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height);
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  // A photo with transparent parts lies on paper, not on the frame before it.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(frame, 0, 0);
  frame.close();
  return context.getImageData(0, 0, width, height);
}

/** @param {import("../vendor/zxing-wasm-3.1.4/es/reader/index.js").ReadResult} found */
function told(found) {
  return {
    text: found.text,
    // What is no UTF-8 is guessed in `text`; whoever knows better has the bytes.
    bytes: isUtf8(found.bytes) ? undefined : found.bytes,
    symbology: found.symbologyIdentifier,
    format: found.format,
    linear: !MATRIX.has(found.symbology),
  };
}

/** @param {Uint8Array} bytes */
function isUtf8(bytes) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
