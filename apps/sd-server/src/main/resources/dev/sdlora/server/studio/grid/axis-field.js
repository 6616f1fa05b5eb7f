import { get } from "../core/api.js";
import { el, freshId } from "../core/html.js";
import { settings } from "../core/settings.js";

const MOST_LORAS = 200;

/** The setting that one axis of a grid varies, and its values. Fires `axis` on changes. */
class AxisField extends HTMLElement {
  #name = "x";
  #axes = [];
  #kind = el("select", { onchange: () => this.#chosen() });
  #lora = el("input", { oninput: () => this.#tell(), autocomplete: "off", spellcheck: "false" });
  #loraName = el("span", { class: "name" });
  #loraField = el("label", { class: "field" }, this.#loraName, this.#lora);
  #values = el("input", { oninput: () => this.#tell(), autocomplete: "off", spellcheck: "false" });
  #hint = el("p", { class: "faint" });
  #add = el("select", { onchange: () => this.#addValue() });
  #addField = el("label", { class: "field" }, el("span", { class: "name" }, "Add a value"), this.#add);

  /** Sets the axis, `x` or `y`, and the available settings. */
  choose(name, axes) {
    const letter = name.toUpperCase();
    const hint = freshId("hint");
    const loras = el("datalist", { id: freshId("loras") });
    this.#name = name;
    this.#axes = axes;
    this.#kind.append(el("option", { value: "" }, name === "x" ? "Choose…" : "None"));
    this.#kind.append(...axes.map(({ axis, label }) => el("option", { value: axis }, label)));
    this.#loraName.textContent = `${letter} LoRA`;
    this.#lora.setAttribute("list", loras.id);
    this.#lora.addEventListener("focus", () => offer(loras), { once: true });
    this.#hint.id = hint;
    this.#values.setAttribute("aria-describedby", hint);
    this.append(
      el(
        "fieldset",
        { class: "stack" },
        el("legend", {}, `${letter} axis`),
        el(
          "div",
          { class: "fields" },
          el("label", { class: "field" }, el("span", { class: "name" }, `${letter} type`), this.#kind),
          this.#loraField,
          el("label", { class: "field" }, el("span", { class: "name" }, `${letter} values`), this.#values),
          this.#addField,
        ),
        this.#hint,
        loras,
      ),
    );
    settings.addEventListener("change", (event) => event.names.includes("grid") && this.#show());
    this.#show();
  }

  #show() {
    const axis = settings.get("grid")?.[this.#name] ?? null;
    const kind = this.#axes.find((each) => each.axis === axis?.axis);
    put(this.#kind, kind?.axis ?? "");
    put(this.#values, axis?.values ?? "");
    put(this.#lora, axis?.lora ?? "");
    this.#values.parentElement.hidden = !kind;
    this.#values.placeholder = kind?.example ?? "";
    this.#loraField.hidden = kind?.axis !== "lora";
    this.#addField.hidden = !kind?.choices.length;
    const options = [el("option", { value: "" }, "Choose…"), ...(kind?.choices ?? []).map((choice) => el("option", {}, choice))];
    this.#add.replaceChildren(...options);
    this.#hint.textContent = kind ? `Values: ${kind.hint}${kind.example && ` Example: ${kind.example}`}` : "";
  }

  /** Clears the values when the setting changes, because they mean nothing for another one. */
  #chosen() {
    this.#values.value = "";
    if (this.#kind.value === "lora" && this.#lora.value === "") {
      this.#lora.value = lorasInPrompt()[0] ?? "";
    }
    this.#tell();
  }

  #addValue() {
    const before = this.#values.value.trim().replace(/,$/, "");
    this.#values.value = before === "" ? this.#add.value : `${before}, ${this.#add.value}`;
    this.#tell();
  }

  #tell() {
    const axis = this.#kind.value;
    const detail = axis === "" ? null : { axis, values: this.#values.value, ...(axis === "lora" ? { lora: this.#lora.value } : {}) };
    this.dispatchEvent(new CustomEvent("axis", { detail }));
  }
}

function put(input, value) {
  if (input.value !== value) {
    input.value = value;
  }
}

function lorasInPrompt() {
  return [...settings.get("prompt").matchAll(/<lora:\s*([^:<>]+?)\s*[:>]/g)].map(([, name]) => name);
}

/** Suggests the LoRAs in the prompt first, then all others; any name can be typed. */
async function offer(list) {
  const names = lorasInPrompt();
  try {
    const { loras } = await get(`api/loras?count=${MOST_LORAS}`);
    names.push(...loras.map((lora) => lora.name));
  } catch {
    // The list is optional; names can be typed.
  }
  list.replaceChildren(...[...new Set(names)].map((name) => el("option", { value: name })));
}

customElements.define("sd-axis-field", AxisField);
