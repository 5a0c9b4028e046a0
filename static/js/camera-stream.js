// The camera itself: which one, opened and closed, its light, its zoom, and the screen kept awake.
// @ts-check

const CHOSEN = "shopfloor.camera.device";

/** @type {MediaStream | null} */
let stream = null;
/** @type {Promise<MediaStream> | null} two who ask at once wait for the same one */
let coming = null;
/** Counts the closings: what was asked for before one is let go when it comes after it. */
let closings = 0;
/** @type {WakeLockSentinel | null} */
let awake = null;

/**
 * Open the camera that was chosen last, or the one at the back. One stream serves all who ask.
 * @returns {Promise<MediaStream>} rejects with what `why` understands
 */
export async function open() {
  if (stream?.active) return stream;
  if (!window.isSecureContext) throw new DOMException("", "InsecureContext");
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
  coming ??= start(closings);
  return coming;
}

/** @param {number} before */
async function start(before) {
  try {
    const given = await chosenOrAny();
    if (before !== closings) {
      for (const track of given.getTracks()) track.stop();
      throw new DOMException("", "AbortError");
    }
    stream = given;
  } finally {
    if (before === closings) coming = null;
  }
  focus();
  keepAwake();
  return stream;
}

/** The camera of last time may be gone, and some phones name theirs anew every day. */
async function chosenOrAny() {
  const chosen = remembered();
  if (!chosen) return ask({});
  try {
    return await ask({ deviceId: { exact: chosen } });
  } catch (fault) {
    if (!["OverconstrainedError", "NotFoundError"].includes(nameOf(fault))) throw fault;
    remember("");
    return ask({});
  }
}

/** Let go of the camera and of the screen; nobody else could use it, and its light would stay on. */
export function close() {
  closings += 1;
  coming = null;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  awake?.release().catch(() => {});
  awake = null;
}

/**
 * Say in one word why there is no camera, for the sentence that explains it.
 * @param {unknown} fault
 */
export function why(fault) {
  const words = {
    InsecureContext: "insecure",
    NotAllowedError: "denied",
    SecurityError: "denied",
    NotFoundError: "none",
    OverconstrainedError: "none",
    NotReadableError: "busy",
    AbortError: "busy",
  };
  return words[/** @type {keyof typeof words} */ (nameOf(fault))] ?? "busy";
}

/** Return the cameras there are, and which one is open: their names are known only then. */
export async function cameras() {
  const all = await navigator.mediaDevices.enumerateDevices();
  const open = track()?.getSettings().deviceId;
  return all
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId)
    .map(({ deviceId, label }) => ({ id: deviceId, label, open: deviceId === open }));
}

/** Take this camera the next time one is opened. */
export const choose = remember;

/** Return how far the open camera can zoom, or null when it cannot. */
export function zoom() {
  const range = /** @type {any} */ (track()?.getCapabilities?.() ?? {}).zoom;
  const now = /** @type {any} */ (track()?.getSettings() ?? {}).zoom;
  return range && range.max > range.min ? { ...range, now: now ?? range.min } : null;
}

/** Say whether the open camera reports a light of its own. */
export const hasTorch = () => Boolean(/** @type {any} */ (track()?.getCapabilities?.() ?? {}).torch);

/**
 * Set zoom or torch; a camera that promised and cannot is no reason to stop reading.
 * @param {{ zoom?: number, torch?: boolean }} what
 * @returns {Promise<boolean>} whether it was done
 */
export async function set(what) {
  try {
    await track()?.applyConstraints({ advanced: [/** @type {any} */ (what)] });
    return true;
  } catch {
    return false;
  }
}

const track = () => stream?.getVideoTracks()[0];

/** @param {MediaTrackConstraints} which */
const ask = (which) =>
  navigator.mediaDevices.getUserMedia({
    audio: false,
    video: {
      facingMode: { ideal: "environment" },
      width: { ideal: 1280 },
      height: { ideal: 720 },
      ...which,
    },
  });

function focus() {
  const modes = /** @type {any} */ (track()?.getCapabilities?.() ?? {}).focusMode;
  if (modes?.includes("continuous")) set(/** @type {any} */ ({ focusMode: "continuous" }));
}

/** A screen that goes dark takes the camera with it. A phone low on power may say no. */
async function keepAwake() {
  try {
    const taken = await navigator.wakeLock?.request("screen");
    if (stream) awake = taken ?? null;
    else await taken?.release();
  } catch {
    awake = null;
  }
}

/** @param {unknown} fault */
const nameOf = (fault) => (fault instanceof DOMException || fault instanceof Error ? fault.name : "");

// Where storage is forbidden, the back camera is asked for each time.
function remembered() {
  try {
    return localStorage.getItem(CHOSEN) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} id */
function remember(id) {
  try {
    if (id) localStorage.setItem(CHOSEN, id);
    else localStorage.removeItem(CHOSEN);
  } catch {
    // As above.
  }
}
