import "./connection.js";
import { address } from "./address.js";
import { checkpointMenu } from "./checkpoints.js";
import { button, el } from "./html.js";
import { canChoose, model } from "./model.js";
import { settings } from "./settings.js";

const THEMES = {
  auto: { icon: "◐", label: "Theme: system" },
  light: { icon: "☀", label: "Theme: light" },
  dark: { icon: "☾", label: "Theme: dark" },
};

/** The views, the model, and the theme; one line even on narrow screens. */
class Header extends HTMLElement {
  #links = new Map();

  /** Shows links to the views, by their names in the URL. */
  show(views) {
    for (const [view, { label }] of Object.entries(views)) {
      this.#links.set(view, el("a", {}, label));
    }
    this.replaceChildren(
      el("h1", {}, "SD-LoRA Studio"),
      el("nav", { "aria-label": "Views" }, [...this.#links.values()]),
      canChoose() ? checkpointMenu(described()) : el("span", { class: "model", title: described() }, named()),
      el("sd-connection"),
      this.#theme(),
    );
    address.addEventListener("change", () => this.#refresh());
    settings.addEventListener("change", () => this.#refresh());
    this.#refresh();
  }

  #refresh() {
    for (const [view, link] of this.#links) {
      link.href = address.of(view);
      link.toggleAttribute("aria-current", view === address.view);
      if (view === address.view) {
        link.setAttribute("aria-current", "page");
      }
    }
  }

  #theme() {
    const switching = button("", () => put(next(theme())), { class: "quiet theme" });
    const put = (name) => {
      document.documentElement.dataset.theme = name;
      localStorage.setItem("theme", name);
      switching.textContent = THEMES[name].icon;
      switching.title = THEMES[name].label;
      switching.setAttribute("aria-label", THEMES[name].label);
    };
    put(theme());
    return switching;
  }
}

/** The name of the model, with the format of its weights if they are held in fewer bits. */
function named() {
  const { precision, weights } = model;
  return weights.memory === precision ? model.name : `${model.name} · ${weights.memory}`;
}

function described() {
  const { family, precision, weights } = model;
  return `${family}; weights: ${weights.file} in the file, ${weights.memory} in memory; computes in ${precision}`;
}

function theme() {
  const known = localStorage.getItem("theme");
  return Object.hasOwn(THEMES, known) ? known : "auto";
}

function next(name) {
  const names = Object.keys(THEMES);
  return names[(names.indexOf(name) + 1) % names.length];
}

customElements.define("sd-header", Header);
