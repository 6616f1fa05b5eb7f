import { el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";
import { keepFromDrawing } from "./text-editing.js";

/** Styles to add to the prompts; hidden if the server has none. */
class Styles extends HTMLElement {
  #summary = el("summary");
  #list = el("div", { class: "style-list" });

  connectedCallback() {
    this.addEventListener("keydown", keepFromDrawing);
    this.replaceChildren(el("details", {}, this.#summary, this.#list));
    settings.addEventListener("change", (event) => event.names.includes("styles") && this.#show());
    this.#show();
  }

  #show() {
    const chosen = settings.get("styles") ?? [];
    const gone = chosen.filter((name) => !model.styles.some((style) => style.name === name));
    this.hidden = model.styles.length === 0 && gone.length === 0;
    this.#summary.textContent = chosen.length === 0 ? "Styles" : `Styles: ${chosen.join(", ")}`;
    const boxes = [...this.#list.querySelectorAll("input")];
    if (gone.length === 0 && boxes.length === model.styles.length) {
      boxes.forEach((box) => (box.checked = chosen.includes(box.value)));
      return;
    }
    this.#list.replaceChildren(
      ...model.styles.map((style) => this.#box(style.name, texts(style), chosen.includes(style.name))),
      ...gone.map((name) => this.#box(name, "This style is not on the server.", true)),
    );
  }

  #box(name, text, checked) {
    const toggle = (event) => {
      const others = (settings.get("styles") ?? []).filter((other) => other !== name);
      settings.set({ styles: event.target.checked ? [...others, name] : others.length > 0 ? others : null });
    };
    const box = el("input", { type: "checkbox", value: name, onchange: toggle });
    box.checked = checked;
    return el("label", { class: "field check" }, box, el("span", {}, name, " ", el("span", { class: "faint" }, text)));
  }
}

function texts({ prompt, negative_prompt: negative }) {
  return [prompt, negative && `negative: ${negative}`].filter(Boolean).join(" · ");
}

customElements.define("sd-styles", Styles);
