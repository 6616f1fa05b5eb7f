import { post } from "../core/api.js";
import { button, el, setText } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";
import { keepFromDrawing } from "./text-editing.js";

/** Styles to add to the prompts, and a field to save the prompts as one; hidden if there is neither. */
class Styles extends HTMLElement {
  #summary = el("summary");
  #list = el("div", { class: "style-list" });
  #name = el("input", {
    maxlength: 100,
    autocomplete: "off",
    oninput: () => this.#offer(),
    onkeydown: (event) => event.key === "Enter" && !event.ctrlKey && !event.metaKey && this.#save.click(),
  });
  #save = button("", () => this.#keep());
  #saved = el("p", { class: "faint", role: "status" });
  #error = el("p", { class: "error", role: "alert" });

  connectedCallback() {
    this.addEventListener("keydown", keepFromDrawing);
    const saving = el(
      "div",
      { class: "stack style-saving", hidden: !model.saves_styles },
      el(
        "div",
        { class: "row" },
        el("label", { class: "field" }, el("span", { class: "name" }, "Name of a style"), this.#name),
        this.#save,
      ),
      el("p", { class: "faint" }, "Saves both prompts. {prompt} in a style stands for the prompt that it is added to; a style without it is appended."),
      this.#saved,
      this.#error,
    );
    this.replaceChildren(el("details", {}, this.#summary, this.#list, saving));
    settings.addEventListener("change", (event) => {
      if (event.names.includes("styles")) {
        this.#show();
      }
      this.#offer();
    });
    this.#show();
    this.#offer();
  }

  #show() {
    const chosen = settings.get("styles") ?? [];
    const gone = chosen.filter((name) => !model.styles.some((style) => style.name === name));
    const none = model.styles.length === 0 && gone.length === 0;
    this.hidden = none && !model.saves_styles;
    this.#list.hidden = none;
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

  #named() {
    return this.#name.value.trim();
  }

  #isTaken() {
    return model.styles.some((style) => style.name === this.#named());
  }

  /** Updates the button for the name and the prompts. */
  #offer() {
    setText(this.#save, this.#isTaken() ? "Replace style" : "Save as style");
    const empty = ["prompt", "negative_prompt"].every((name) => (settings.get(name) ?? "").trim() === "");
    this.#save.disabled = this.#named() === "" || empty;
  }

  async #keep() {
    const style = { name: this.#named(), prompt: settings.get("prompt"), negative_prompt: settings.get("negative_prompt") };
    this.#error.textContent = "";
    this.#saved.textContent = "";
    try {
      await post("api/styles", { ...style, replace: this.#isTaken() });
    } catch (error) {
      this.#error.textContent = error.message;
      return;
    }
    const at = model.styles.findIndex(({ name }) => name === style.name);
    model.styles.splice(at < 0 ? model.styles.length : at, 1, style);
    this.#list.replaceChildren();
    this.#show();
    this.#name.value = "";
    this.#offer();
    this.#saved.textContent = `Saved “${style.name}”.`;
  }
}

function texts({ prompt, negative_prompt: negative }) {
  return [prompt, negative && `negative: ${negative}`].filter(Boolean).join(" · ");
}

customElements.define("sd-styles", Styles);
