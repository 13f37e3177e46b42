// Bytes from Python: with the data where they are few, else from an address, fetched once.
const TRIES = 4;
const PAUSE_MS = 1000;
const KEPT = 48;
const fetched = new Map(); // bytes by address, the last few

async function bytesAt(url) {
  for (let left = TRIES; left > 0; left--) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return answer.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  fetched.delete(url);
  return null;
}

// Bytes that came with the data, or a promise of those at an address.
function bytesOf({ text, url }) {
  if (!url) return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  if (!fetched.has(url)) fetched.set(url, bytesAt(url));
  for (const old of [...fetched.keys()].slice(0, -KEPT)) fetched.delete(old);
  return fetched.get(url);
}
