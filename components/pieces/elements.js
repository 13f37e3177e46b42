// Elements and numbers: what several components make of them.
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
