import { el } from "../core/html.js";
import { draft } from "./draft.js";
import { problemOf } from "./options.js";

/** Returns the control of an option, bound to the draft, which hides itself while the option is ruled out. */
export function optionField(option) {
  const field = option.type === "check" ? checkField(option) : labelled(option, control(option));
  if (option.wide) {
    field.classList.add("wide");
  }
  if (option.when) {
    const refresh = () => (field.hidden = !option.when(draft.all()));
    draft.addEventListener("change", refresh);
    refresh();
  }
  return field;
}

function control({ name, type, texts, usual, first, placeholder, min, max, step }) {
  if (type === "choice") {
    const options = Object.entries(texts).map(([value, label]) => el("option", { value }, label));
    return el("select", { name }, el("option", { value: "" }, first ?? (usual ? `Default: ${usual}` : "Recommended")), ...options);
  }
  if (type === "lines") {
    return el("textarea", { name, rows: 2, placeholder });
  }
  const kind = type === "number" ? { type: "number", inputmode: "decimal", min, max, step } : { autocomplete: "off" };
  return el("input", { name, placeholder, ...kind });
}

function labelled(option, input) {
  input.value = draft.get(option.name) ?? "";
  input.addEventListener("input", () => {
    input.setCustomValidity(problemOf(option, input.value));
    if (input.checkValidity()) {
      draft.set({ [option.name]: input.value });
    }
  });
  return el("label", { class: "field" }, el("span", { class: "name" }, option.label), input);
}

function checkField({ name, label }) {
  const input = el("input", { type: "checkbox", name, onchange: () => draft.set({ [name]: input.checked }) });
  const refresh = () => (input.checked = draft.get(name) === true);
  draft.addEventListener("change", refresh);
  refresh();
  return el("label", { class: "field check" }, input, el("span", {}, label));
}
