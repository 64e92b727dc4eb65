// Finds and makes elements, and tells keys apart.
const $ = id => document.getElementById(id);
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;   // data is text, never markup
  return element;
};
// The value of an option without one is its text, but with single spaces.
const optionOf = (value, text = value) => Object.assign(make('option', '', text), {value});
// With a modifier a key is the browser's, such as Alt+Left, which goes back.
const isPlain = event => !event.altKey && !event.ctrlKey && !event.metaKey;
