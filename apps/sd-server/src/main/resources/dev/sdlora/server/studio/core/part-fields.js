import { hint, range } from "./fields.js";
import { el } from "./html.js";

/**
 * Controls of one part of a list, such as a ControlNet unit. Each has its element as `field`, and
 * `show` for the value of its name; `set` receives the changes.
 */

/** A choice of names; its value may also be the number of one. `texts` are shown in the place of some names. */
export function choice(label, options, set, name, texts = {}) {
  const select = el(
    "select",
    { onchange: () => set({ [name]: select.value }) },
    options.map((option) => el("option", { value: option }, texts[option] ?? option)),
  );
  return {
    field: labelled(label, select),
    show: (value) => (select.value = typeof value === "number" ? options[value] : value),
  };
}

/** A number in the range of its setting, if that has a schema, with a slider for the usual ones. */
export function slider(label, { min, max, step = 0.05, schema }, set, name) {
  const read = (input) => input.value !== "" && input.checkValidity() && set({ [name]: Number(input.value) });
  const track = el("input", { type: "range", min, max, step, "aria-label": `${label}, slider`, oninput: () => read(track) });
  const number = el("input", { type: "number", ...range(schema, { min, max }), step: Number.isInteger(step) ? 1 : "any", "aria-label": label, oninput: () => read(number) });
  return {
    field: el("div", { class: "field slider", ...hint(schema) }, el("span", { class: "name" }, label), el("span", { class: "pair" }, track, number)),
    show: (value) => [track, number].filter((input) => Number(input.value || NaN) !== value).forEach((input) => (input.value = value)),
  };
}

/** A number that may be absent, which the placeholder explains. */
export function optionalNumber(label, { min, max, step = 1, placeholder }, set, name) {
  const read = () => input.checkValidity() && set({ [name]: input.value === "" ? undefined : Number(input.value) });
  const input = el("input", { type: "number", min, max, step, placeholder, inputmode: "decimal", oninput: read });
  return {
    field: labelled(label, input),
    show: (value) => Number(input.value || NaN) !== (value ?? NaN) && !(value === undefined && input.value === "") && (input.value = value ?? ""),
  };
}

/** A text of several lines. */
export function lines(label, { rows = 2, placeholder = "" }, set, name) {
  const input = el("textarea", { rows, placeholder, oninput: () => set({ [name]: input.value }) });
  return {
    field: labelled(label, input),
    show: (value) => input.value !== (value ?? "") && (input.value = value ?? ""),
  };
}

function labelled(label, control) {
  return el("label", { class: "field" }, el("span", { class: "name" }, label), control);
}
