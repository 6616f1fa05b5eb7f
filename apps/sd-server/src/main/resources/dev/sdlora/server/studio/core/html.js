/** Makes an element: `on…` are listeners, true and false switch attributes, texts are never markup. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, ...children);
}

/** The same in the namespace of SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, ...children);
}

function fill(element, attributes, ...children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that sends no form; `label` may be an element. */
export function button(label, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, label);
}

/** Sets a text, unless it is that already: what is set anew is read out again, and a selection in it is lost. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

let lastId = 0;

/** An id that no other element of the page has. */
export function freshId(prefix = "id") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
