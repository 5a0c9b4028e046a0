// Asking the server, with an end to the waiting: a dead Wi-Fi answers nothing at all.

/** Fetch, and fail after so many milliseconds. AbortSignal.timeout() is younger than our phones. */
export async function ask(url, options = {}, milliseconds = 8000) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  try {
    const answer = await fetch(url, { ...options, signal: stop.signal });
    // The time runs until the last byte is here.
    const text = await answer.text();
    return { answer, text };
  } finally {
    clearTimeout(timer);
  }
}
