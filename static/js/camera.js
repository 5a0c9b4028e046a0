// The scanner's window: shows the camera, looks into its pictures, and hands over what counts.
// Mounts itself on every [data-camera], now and whenever another page is put in place.
// @ts-check

import { Reads } from "./camera-reads.js";
import * as stream from "./camera-stream.js";
import { decode, warm } from "./decoder.js";
import { watchPhotos } from "./photo.js";
import { scanned } from "./scans.js";

/** As many looks a second are enough for any hand, and leave the battery alone. */
const LOOK_EVERY = 60;
/** The fast look goes through the part of the window that the frame marks. */
const FRAMED = 0.8;
const WANTED = "shopfloor.camera.wanted";
/** So long the frame shows that something was read. */
const HIT_SHOWN = 700;

/** @type {Camera | null} at most one window is open: one camera, one picture */
let shown = null;
/** What was read is known from one window to the next, and across a page that is put in place. */
/** @type {Reads} */
let reads;

class Camera {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.video = /** @type {HTMLVideoElement} */ (this.part("video"));
    this.chooser = /** @type {HTMLSelectElement} */ (this.part("chooser"));
    this.zoom = /** @type {HTMLInputElement} */ (this.part("zoom"));
    this.torch = this.part("torch");
    this.looking = 0;
    root.hidden = false;
    this.say("idle");
    for (const name of ["open", "again"]) this.part(name).addEventListener("click", () => this.open());
    this.part("close").addEventListener("click", () => this.close());
    this.torch.addEventListener("click", () => this.light(this.torch.ariaPressed !== "true"));
    this.zoom.addEventListener("input", () => stream.set({ zoom: this.zoom.valueAsNumber }));
    this.chooser.addEventListener("change", () => {
      stream.choose(this.chooser.value);
      this.rest();
      this.open();
    });
  }

  /** @param {string} name */
  part(name) {
    const found = this.root.querySelector(`[data-camera-part="${name}"]`);
    return /** @type {HTMLElement} */ (found);
  }

  /**
   * Show what belongs to this state, and nothing else.
   * @param {string} state idle, opening, open, insecure, denied, none, busy, lost or broken
   */
  say(state) {
    this.root.dataset.state = state;
    for (const each of this.root.querySelectorAll("[data-when]")) {
      const element = /** @type {HTMLElement} */ (each);
      element.hidden = !element.dataset.when?.split(" ").includes(state);
    }
    // Where the camera cannot help, what can is put into view.
    if (!["idle", "opening", "open"].includes(state)) {
      for (const photo of document.querySelectorAll("details[data-photo]")) photo.setAttribute("open", "");
    }
  }

  /** Open the camera and look; whoever leaves, rests or opens again meanwhile wins. */
  async open() {
    const mine = (this.looking += 1);
    want(true);
    this.say("opening");
    // The decoder is fetched while the person is asked and the camera starts.
    warm();
    try {
      const media = await stream.open();
      if (mine !== this.looking) return;
      if (this.video.srcObject !== media) this.video.srcObject = media;
      media.getVideoTracks()[0].onended = () => this.stop("lost");
      await this.video.play();
      if (mine !== this.looking) return;
      this.say("open");
      await this.equip();
    } catch (fault) {
      const here = mine === this.looking && this.root.isConnected;
      return here ? this.stop(stream.why(fault)) : undefined;
    }
    this.look(mine);
  }

  /** Look no longer; the camera itself may serve the next window. */
  leave() {
    this.looking += 1;
    this.video.srcObject = null;
    this.torch.ariaPressed = "false";
  }

  /** Let go of the camera, but open it again when the person is back. */
  rest() {
    this.leave();
    stream.close();
  }

  /**
   * Let go of the camera and say why.
   * @param {string} state
   */
  stop(state) {
    this.rest();
    this.say(state);
  }

  close() {
    want(false);
    this.stop("idle");
  }

  /** Offer what this camera can do, and no more. */
  async equip() {
    const zoom = stream.zoom();
    this.part("zoom-field").hidden = !zoom;
    if (zoom) {
      Object.assign(this.zoom, { min: zoom.min, max: zoom.max, step: zoom.step || "any" });
      this.zoom.value = String(zoom.now);
    }
    this.torch.hidden = !stream.hasTorch();
    const cameras = await stream.cameras();
    this.part("chooser-field").hidden = cameras.length < 2;
    this.chooser.replaceChildren(
      ...cameras.map(({ id, label, open }, at) => new Option(label || String(at + 1), id, open, open)),
    );
  }

  /** @param {boolean} on */
  async light(on) {
    if (await stream.set({ torch: on })) this.torch.ariaPressed = String(on);
  }

  /**
   * Look into one picture after the other, quickly and thoroughly in turn, until this look is over.
   * @param {number} mine
   */
  async look(mine) {
    reads.counting = this.root.dataset.camera === "count";
    reads.remember(performance.now());
    for (let turn = 0; mine === this.looking && this.root.isConnected; turn += 1) {
      const since = performance.now();
      try {
        const hard = turn % 2 === 1;
        const frame = await this.frame(hard);
        const read = frame && (await decode(frame, hard));
        if (mine !== this.looking) return;
        if (read && reads.counts(read, performance.now())) this.hit(read);
      } catch {
        if (mine === this.looking) this.stop("broken");
        return;
      }
      await pause(LOOK_EVERY - (performance.now() - since));
    }
  }

  /**
   * Return the part of the picture to look into: what the person sees, or what the frame marks.
   * @param {boolean} whole
   */
  async frame(whole) {
    const { videoWidth, videoHeight, clientWidth, clientHeight, readyState } = this.video;
    if (readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !videoWidth || !clientWidth) return null;
    // The window shows the middle of the picture (object-fit: cover).
    const scale = Math.max(clientWidth / videoWidth, clientHeight / videoHeight);
    const part = whole ? 1 : FRAMED;
    const width = Math.round((clientWidth / scale) * part);
    const height = Math.round((clientHeight / scale) * part);
    const left = Math.round((videoWidth - width) / 2);
    const top = Math.round((videoHeight - height) / 2);
    return createImageBitmap(this.video, left, top, width, height);
  }

  /** @param {import("./decoder.js").Read} read */
  hit(read) {
    this.root.classList.add("hit");
    setTimeout(() => this.root.classList.remove("hit"), HIT_SHOWN);
    scanned(read.text, { source: "camera", symbology: read.symbology });
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));

// A person who has opened the camera here wants it open the next time; a desk never sees it open.
/** @param {boolean} [wanted] */
function want(wanted) {
  try {
    if (wanted === undefined) return localStorage.getItem(WANTED) === "1";
    localStorage.setItem(WANTED, wanted ? "1" : "");
  } catch {
    // Where storage is forbidden, the camera is opened by hand.
  }
  return false;
}

/**
 * Make this element a scanner's window.
 * @param {HTMLElement} element
 */
export function mount(element) {
  if (shown?.root === element) return;
  shown?.leave();
  shown = new Camera(element);
  if (!window.isSecureContext) return shown.say("insecure");
  if (want() && !document.hidden) shown.open();
  else stream.close();
}

function mountAll() {
  reads ??= new Reads({ kept: ofThisTab() });
  watchPhotos();
  const element = /** @type {HTMLElement | null} */ (document.querySelector("[data-camera]"));
  if (element) return mount(element);
  shown?.rest();
  shown = null;
}

function ofThisTab() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

const isOpen = () => ["open", "opening"].includes(shown?.root.dataset.state ?? "");

document.addEventListener("shopfloor:swapped", mountAll);
document.addEventListener("htmx:after:swap", mountAll);
document.addEventListener("visibilitychange", () => {
  if (!isOpen()) return;
  if (document.hidden) shown?.rest();
  else shown?.open();
});
addEventListener("pagehide", () => shown?.rest());
addEventListener("pageshow", (event) => {
  if (event.persisted && isOpen()) shown?.open();
});
mountAll();
