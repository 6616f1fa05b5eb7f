import "./lora-details.js";
import { get } from "../core/api.js";
import { button, el } from "../core/html.js";
import { jobs } from "../core/jobs.js";
import { withModel } from "../core/model.js";
import { VirtualList } from "../core/virtual-list.js";
import { reading } from "../draw/reading.js";
import { keepFromDrawing } from "../draw/text-editing.js";
import { loraCard, showUse } from "./lora-card.js";
import { edit } from "./lora-edits.js";

const PATIENCE = 200;

/** All LoRAs as cards, searched and filtered by the server; a click adds one to the prompt. */
class LoraBrowser extends HTMLElement {
  #search;
  #fits;
  #folder;
  #count = el("p", { class: "faint", role: "status" });
  #error = el("p", { class: "error", role: "alert" });
  #grid = el("div", { class: "lora-grid" });
  #details = el("sd-lora-details");
  #list;
  #timer = 0;

  connectedCallback() {
    if (this.#list) {
      return;
    }
    this.addEventListener("keydown", keepFromDrawing);
    const again = () => this.#list.reset();
    this.#search = el("input", { type: "search", placeholder: "Name or trigger word", oninput: () => this.#soon() });
    this.#fits = el("input", { type: "checkbox", onchange: again });
    this.#fits.checked = true;
    this.#folder = el("select", { onchange: again }, el("option", { value: "" }, "All folders"));
    this.append(
      el(
        "div",
        { class: "lora-filters" },
        el("label", { class: "field" }, el("span", { class: "name" }, "Search LoRAs"), this.#search),
        el("label", { class: "field" }, el("span", { class: "name" }, "Folder"), this.#folder),
        el("label", { class: "field check" }, this.#fits, el("span", {}, "Fits this checkpoint")),
      ),
      el("div", { class: "row" }, this.#count, button("Refresh", () => this.#list.refresh(), { class: "quiet" })),
      this.#error,
      this.#grid,
      this.#details,
    );
    this.#list = new VirtualList(this.#grid, {
      label: "LoRAs",
      load: (from, count, signal) => this.#load(from, count, signal),
      render: (lora) => this.#card(lora),
      update: (card, lora) => showUse(card, reading.loras().get(lora.name)),
      cardWidth: 124,
      cardHeight: (width) => 1.15 * width + 66,
      empty: "No LoRA matches this search, folder and family.",
      onTotal: (total) => (this.#count.textContent = total === 1 ? "1 LoRA" : `${total.toLocaleString("en")} LoRAs`),
    });
    reading.start();
    reading.addEventListener("change", () => this.#list.update());
    this.#refreshAfterTrainings();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#list.reset(), PATIENCE);
  }

  async #load(from, count, signal) {
    const query = new URLSearchParams({ from, count });
    for (const [name, value] of [["search", this.#search.value], ["folder", this.#folder.value], ["family", this.#fits.checked ? "fits" : ""]]) {
      if (value.trim() !== "") {
        query.set(name, value);
      }
    }
    const { total, loras, folders } = await get(withModel(`api/loras?${query}`), { signal });
    this.#showFolders(folders);
    return { total, items: loras };
  }

  #showFolders(folders) {
    const chosen = this.#folder.value;
    const names = ["", ...new Set(chosen === "" ? folders : [chosen, ...folders])];
    if (JSON.stringify([...this.#folder.options].map((option) => option.value)) !== JSON.stringify(names)) {
      this.#folder.replaceChildren(...names.map((name) => el("option", { value: name }, name || "All folders")));
      this.#folder.value = chosen;
    }
  }

  #card(lora) {
    const card = loraCard(lora, {
      toggle: (one) => this.#edit(one, reading.loras().has(one.name) ? { remove: true } : {}),
      weigh: (one, weight) => this.#edit(one, { weight }),
      open: (one) => this.#details.open(one.name),
    });
    showUse(card, reading.loras().get(lora.name));
    return card;
  }

  async #edit(lora, change) {
    this.#error.textContent = "";
    try {
      await edit(lora.name, change);
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  /** Refreshes when a training ends, to show its LoRA. */
  #refreshAfterTrainings() {
    let done = null;
    jobs.addEventListener("change", () => {
      const trained = jobs.list().filter((job) => job.kind === "training" && job.state === "done").length;
      if (done !== null && trained > done) {
        this.#list.refresh();
      }
      done = trained;
    });
  }
}

customElements.define("sd-lora-browser", LoraBrowser);
