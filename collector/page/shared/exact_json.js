// Parses JSON. Whole numbers that a double would round become BigInt; all else is as in JSON.parse().
function parseExactly(text) {
  const mark = '\u0001', marked = new RegExp(`^${mark}-?\\d+$`);
  const kept = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, token =>
    token[0] === '"' || /[.eE]/.test(token) || Number.isSafeInteger(Number(token)) ? token : `"\\u0001${token}"`);
  return JSON.parse(kept, (key, value) => typeof value === 'string' && marked.test(value) ? BigInt(value.slice(1)) : value);
}
