// Which of the many reads of a camera count: a code is seen twenty times a second.
// @ts-check

/** A code counts again when it was out of the picture for so long (milliseconds). */
export const AGAIN = 2000;
/** In count mode a short look away is enough: the next piece carries the same code. */
export const AGAIN_COUNTING = 600;
/** Two reads of bars must agree within this time. */
const AGREE = 1000;
/** A new page remembers what the page before it has read, for so long. */
const ACROSS_PAGES = 8000;
const KEPT = "shopfloor.camera.read";

export class Reads {
  /** @param {{ counting?: boolean, kept?: Storage | null }} [how] */
  constructor({ counting = false, kept = null } = {}) {
    this.counting = counting;
    this.kept = kept;
    /** @type {Map<string, number>} what was counted, and when it was last in the picture */
    this.seen = new Map();
    this.bars = { text: "", at: -Infinity };
  }

  /**
   * Say whether this read counts.
   * @param {import("./decoder.js").Read} read
   * @param {number} at milliseconds
   */
  counts({ text, linear }, at) {
    const last = this.seen.get(text);
    const again = this.counting ? AGAIN_COUNTING : AGAIN;
    if (last !== undefined && at - last < again) {
      this.seen.set(text, at);
      this.keep(text);
      return false;
    }
    if (linear && !this.agrees(text, at)) return false;
    if (this.seen.size > 50) this.seen.clear();
    this.seen.set(text, at);
    this.keep(text);
    return true;
  }

  /**
   * Say whether bars were read like this just now: a single row of bars is too easily misread.
   * @param {string} text
   * @param {number} at
   */
  agrees(text, at) {
    const twice = this.bars.text === text && at - this.bars.at < AGREE;
    this.bars = twice ? { text: "", at: -Infinity } : { text, at };
    return twice;
  }

  /**
   * Know what the page before this one has just read: a code that is still in the picture when
   * "unknown code" is shown would otherwise be read again, for ever.
   * @param {number} at
   */
  remember(at) {
    try {
      const { text, when } = JSON.parse(this.kept?.getItem(KEPT) ?? "{}");
      if (text && Date.now() - when < ACROSS_PAGES) this.seen.set(text, at);
    } catch {
      // Storage may be forbidden or hold anything; then nothing is remembered.
    }
  }

  /** @param {string} text */
  keep(text) {
    try {
      this.kept?.setItem(KEPT, JSON.stringify({ text, when: Date.now() }));
    } catch {
      // As above.
    }
  }
}
