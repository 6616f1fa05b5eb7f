import { el } from "./html.js";
import { model } from "./model.js";
import { settings } from "./settings.js";

/**
 * Controls bound to a field of the request: they show changes from any source, such as a slider,
 * the URL, or the settings of an image.
 */
function bind(name, control, show, read) {
  const inputs = [control].flat();
  const refresh = () => inputs.forEach((input) => show(input, settings.get(name)));
  inputs.forEach((input) =>
    input.addEventListener("input", () => {
      const value = read(input);
      if (value !== undefined) {
        settings.set({ [name]: value });
      }
    }),
  );
  settings.addEventListener("change", (event) => {
    if (event.names.includes(name)) {
      refresh();
    }
  });
  refresh();
}

function showValue(input, value) {
  const text = value === undefined || value === null ? "" : String(value);
  // Not while the user types "1." of "1.5".
  if (input.value !== text && Number(input.value || NaN) !== value) {
    input.value = text;
  }
}

/** Returns the range of a number's schema, with `most` if that has no maximum; without a schema, the usual range. */
export function range(schema, { min, max, most }) {
  const isNumber = ["number", "integer"].includes(schema?.type);
  return isNumber ? { min: schema.minimum ?? schema.exclusiveMinimum ?? min, max: schema.maximum ?? most } : { min, max };
}

/** Returns the meaning of a setting's schema as a tooltip. */
export function hint(schema) {
  return schema ? { title: schema.description } : {};
}

/** Ignores incomplete numbers and those out of range; the browser marks them. */
function readNumber(input) {
  return input.value === "" || !input.checkValidity() ? undefined : Number(input.value);
}

function labelled(name, label, kind, ...controls) {
  return el("label", { class: `field ${kind}`, ...hint(model.fields[name]) }, el("span", { class: "name" }, label), ...controls);
}

/** A number in the range of its setting. */
export function numberField({ name, label, min, max, step = 1 }) {
  const limits = range(model.fields[name], { min, max, most: max });
  const input = el("input", { type: "number", name, ...limits, step, inputmode: "decimal" });
  bind(name, input, showValue, readNumber);
  return labelled(name, label, "number", input);
}

/** A number in the range of its setting, with a slider for the usual ones. */
export function sliderField({ name, label, step = 1, most, ...usual }) {
  const limits = range(model.fields[name], { ...usual, most });
  const slider = el("input", { type: "range", ...limits, ...usual, step, "aria-label": `${label}, slider` });
  const input = el("input", { type: "number", name, ...limits, step: "any", "aria-label": label });
  bind(name, [slider, input], showValue, readNumber);
  return el(
    "div",
    { class: "field slider", ...hint(model.fields[name]) },
    el("span", { class: "name" }, label),
    el("span", { class: "pair" }, slider, input),
  );
}

/** A choice of names. */
export function selectField({ name, label, options }) {
  const select = el("select", { name }, options.map((option) => el("option", {}, option)));
  bind(name, select, (input, value) => (input.value = value ?? options[0]), (input) => input.value);
  return labelled(name, label, "select", select);
}

/** A choice whose field is its number; a missing field counts as 0. */
export function indexField({ name, label, options }) {
  const select = el("select", { name }, options.map((option, at) => el("option", { value: at }, option)));
  bind(name, select, (input, value) => (input.value = String(Number(value ?? 0))), (input) => Number(input.value));
  return labelled(name, label, "select", select);
}

/** A text. */
export function textField({ name, label, rows = 1, placeholder = "" }) {
  const input = rows === 1 ? el("input", { name, placeholder }) : el("textarea", { name, rows, placeholder });
  bind(name, input, (field, value) => field.value !== (value ?? "") && (field.value = value ?? ""), (field) => field.value);
  return labelled(name, label, "text", input);
}

/** A checkbox. */
export function checkField({ name, label }) {
  const input = el("input", { type: "checkbox", name });
  bind(name, input, (box, value) => (box.checked = value === true), (box) => box.checked);
  return el("label", { class: "field check", ...hint(model.fields[name]) }, input, el("span", {}, label));
}
