// What this phone keeps until the server has it: entries in IndexedDB, so that they outlive
// the page, the browser and the battery.

const NAME = "shopfloor";
const ENTRIES = "entries";
const NOTES = "notes";

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(ENTRIES, { keyPath: "seq", autoIncrement: true });
      asked.result.createObjectStore(NOTES);
    };
    asked.onsuccess = () => {
      // Another tab with a newer version must not wait for this one.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = undefined;
      };
      // Phones close databases of pages that rest: the next who asks opens it anew.
      asked.result.onclose = () => (opened = undefined);
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

async function run(name, mode, act) {
  const base = await open();
  return new Promise((resolve, reject) => {
    // Strict: an entry counts as kept when the disk has it, not when the system promises it.
    const transaction = base.transaction(name, mode, { durability: "strict" });
    const asked = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const add = (entry) => run(ENTRIES, "readwrite", (store) => store.add(entry));
export const remove = (seq) => run(ENTRIES, "readwrite", (store) => store.delete(seq));
export const all = () => run(ENTRIES, "readonly", (store) => store.getAll());
export const note = (key, value) => run(NOTES, "readwrite", (store) => store.put(value, key));
export const noted = (key) => run(NOTES, "readonly", (store) => store.get(key));
export const forget = (key) => run(NOTES, "readwrite", (store) => store.delete(key));

/** Change an entry that is still there; one that another tab has settled stays away. */
export const change = (seq, values) =>
  run(ENTRIES, "readwrite", (store) => {
    const asked = store.get(seq);
    asked.onsuccess = () => asked.result && store.put({ ...asked.result, ...values });
  });

/** Forget the notes of these names that are older than so many milliseconds. */
export const sweep = (prefix, milliseconds) =>
  run(NOTES, "readwrite", (store) => {
    store.openCursor(IDBKeyRange.bound(prefix, `${prefix}\uffff`)).onsuccess = ({ target }) => {
      const at = target.result;
      if (!at) return;
      if (!(Date.now() - at.value?.at < milliseconds)) at.delete();
      at.continue();
    };
  });

/** Ask the browser not to clear away what waits here when the phone fills up. */
export const protect = () => navigator.storage?.persist?.().catch(() => {});

/** Say whether this phone can keep entries now: private windows and full phones cannot. */
export async function works() {
  try {
    await note("tried", Date.now());
    const room = await navigator.storage?.estimate?.();
    return !room?.quota || room.quota - (room.usage ?? 0) > 1_000_000;
  } catch {
    return false;
  }
}
