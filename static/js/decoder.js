// The decoder as the page sees it: a frame goes in, what stands in it comes out; one at a time.
// @ts-check

/**
 * @typedef {object} Read
 * @property {string} text
 * @property {Uint8Array} [bytes] what the code holds, when that is not UTF-8
 * @property {string} symbology such as "]d2"
 * @property {string} format
 * @property {boolean} linear whether it is a row of bars, which are misread more easily
 */

import { missed } from "./page.js";

const WORKER = new URL("./decode-worker.js", import.meta.url);

/** @type {Worker | undefined} */
let worker;
/** @type {Map<number, { resolve: (read: Read | null) => void, reject: (fault: Error) => void }>} */
const waiting = new Map();
let sent = 0;

/**
 * Start the decoder, so that it is there when the first frame is.
 * @returns {Worker}
 */
export function warm() {
  if (worker) return worker;
  worker = new Worker(WORKER, { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    if (data.ready) return;
    if (data.id === undefined) return giveUp(data.failed);
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.failed) asked?.reject(new Error(data.failed));
    else asked?.resolve(data.read);
  });
  worker.addEventListener("error", (event) => giveUp(event.message || "no decoder"));
  return worker;
}

/**
 * Read the one code in a frame, or null; `hard` looks longer: turned, inverted, smaller.
 * @param {ImageBitmap | ImageData} frame given away: nobody may use it afterwards
 * @param {boolean} hard
 * @returns {Promise<Read | null>}
 */
export function decode(frame, hard) {
  const to = warm();
  const id = (sent += 1);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    to.postMessage({ id, frame, hard }, [frame instanceof ImageData ? frame.data.buffer : frame]);
  });
}

/**
 * Everybody who waits is told; the next who asks gets a new worker.
 * @param {string} fault
 */
function giveUp(fault) {
  missed(WORKER).catch(() => {});
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(new Error(fault));
  waiting.clear();
}
