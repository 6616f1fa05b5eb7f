import { el, freshId } from "./html.js";

/** Tabs according to the ARIA practices: Tab reaches the selected one, arrows select another. Fires `select`. */
export class Tabs extends HTMLElement {
  #tabs = [];
  #selected = null;

  /** Adds a tab; its content is created when it is first shown. */
  add(label, make) {
    const id = freshId("tab");
    const panel = el("div", { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id, hidden: true });
    const tab = el(
      "button",
      {
        type: "button", role: "tab", id, "aria-controls": panel.id,
        onclick: () => this.select(label),
        onkeydown: (event) => this.#move(event),
      },
      label,
    );
    this.#tabs.push({ label, tab, panel, make, made: false });
    if (this.#tabs.length === 1) {
      this.append(el("div", { role: "tablist", "aria-label": this.getAttribute("label") }));
    }
    this.firstChild.append(tab);
    this.append(panel);
    if (this.#tabs.length === 1) {
      this.select(label);
    } else {
      tab.tabIndex = -1;
    }
  }

  /** The content of the selected tab. */
  get content() {
    return this.#selected.panel.firstElementChild;
  }

  /** Selects a tab. */
  select(label) {
    for (const entry of this.#tabs) {
      const selected = entry.label === label;
      entry.tab.setAttribute("aria-selected", selected);
      entry.tab.tabIndex = selected ? 0 : -1;
      entry.panel.hidden = !selected;
      if (selected && !entry.made) {
        entry.made = true;
        entry.panel.append(entry.make());
      }
      this.#selected = selected ? entry : this.#selected;
    }
    this.dispatchEvent(new Event("select"));
  }

  #move(event) {
    const at = this.#tabs.findIndex((entry) => entry.tab === event.target);
    const last = this.#tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.select(this.#tabs[to].label);
      this.#tabs[to].tab.focus();
    }
  }
}

customElements.define("sd-tabs", Tabs);
