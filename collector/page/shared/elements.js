// Finds and makes elements, and tells keys apart.
const $ = id => document.getElementById(id);
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;   // data is text, never markup
  return element;
};
// With a modifier a key is the browser's, such as Alt+Left, which goes back.
const isPlain = event => !event.altKey && !event.ctrlKey && !event.metaKey;
