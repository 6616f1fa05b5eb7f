import { get, latest } from "../core/api.js";
import { button, el, freshId } from "../core/html.js";
import { withModel } from "../core/model.js";
import { settings } from "../core/settings.js";
import { effectChart } from "./effect-chart.js";
import { placeholder } from "./lora-card.js";

/** The details of one LoRA, in a dialog. */
class LoraDetails extends HTMLElement {
  #dialog;
  #title = el("h2", { id: freshId("lora") });
  #content = el("div", { class: "stack" });
  #effect = el("section", { class: "stack" });
  #get = latest((signal, path) => get(path, { signal }));
  #measure = latest((signal, path) => get(path, { signal }));

  connectedCallback() {
    const close = button("Close", () => this.#dialog.close());
    this.#dialog = el(
      "dialog",
      { class: "lora-dialog", "aria-labelledby": this.#title.id, onclick: (event) => event.target === this.#dialog && this.#dialog.close() },
      el("div", { class: "stack" }, el("div", { class: "lora-dialog-head" }, this.#title, close), this.#content),
    );
    this.replaceChildren(this.#dialog);
  }

  /** Opens the dialog for a LoRA, by its file name. */
  async open(name) {
    this.#title.textContent = name;
    this.#content.replaceChildren(el("p", { class: "faint", role: "status" }, "Loading …"));
    this.#dialog.showModal();
    const path = `api/loras/${encodeURIComponent(name)}`;
    try {
      const lora = await this.#get(withModel(path));
      if (lora !== null) {
        this.#show(lora);
        this.#showEffect(path);
      }
    } catch (error) {
      this.#content.replaceChildren(el("p", { class: "error", role: "alert" }, error.message));
    }
  }

  #show(lora) {
    const image = lora.preview ? el("img", { src: lora.preview, alt: `Preview of ${lora.name}` }) : placeholder(lora.name);
    this.#content.replaceChildren(
      el("div", { class: "lora-about" }, el("div", { class: "lora-picture" }, image), el("dl", {}, facts(lora))),
      lora.description ? el("p", {}, lora.description) : "",
      ...words(lora),
      lora.notes ? el("section", {}, el("h3", {}, "Notes"), el("p", { class: "lora-notes" }, lora.notes)) : "",
      this.#effect,
      metadata(lora.metadata),
    );
  }

  async #showEffect(path) {
    const head = el("h3", {}, "Effect on this checkpoint");
    this.#effect.replaceChildren(head, el("p", { class: "faint", role: "status" }, "Measuring how much it changes the weights …"));
    try {
      const effect = await this.#measure(withModel(`${path}/effect`));
      if (effect !== null) {
        const advice = effect.advice.length > 0 ? el("ul", {}, effect.advice.map((text) => el("li", {}, text))) : "";
        const unmatched = effect.unmatched > 0 ? el("p", { class: "warning" }, `${effect.unmatched} of its modules match no layer of this checkpoint.`) : "";
        const chart = effect.blocks.length > 0 ? effectChart(effect.blocks) : "";
        this.#effect.replaceChildren(head, el("p", { class: effect.applicable ? "lora-verdict" : "lora-verdict error" }, effect.verdict), advice, unmatched, chart);
      }
    } catch (error) {
      this.#effect.replaceChildren(head, el("p", { class: "error", role: "alert" }, error.message));
    }
  }
}

function facts(lora) {
  const { training } = lora;
  const counts = (map) => Object.entries(map).map(([key, count]) => `${count} × ${key}`).join(", ");
  const all = [
    ["Title", lora.title !== lora.name && lora.title],
    ["Name in the metadata", lora.alias],
    ["Folder", lora.folder],
    ["Family", lora.family],
    ["Type", lora.kinds.join(", ")],
    ["Preferred weight", lora.preferred_weight],
    ["Negative prompt", lora.negative_text],
    ["Trained on", training.checkpoint],
    ["Training resolution", training.resolution],
    ["Clip skip", training.clip_skip],
    ["Layers", counts(lora.modules_by_part)],
    ["Ranks", counts(lora.modules_by_rank)],
    ["Size", `${(lora.bytes / 1e6).toPrecision(3)} MB`],
  ];
  return all.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]);
}

/** Trigger words and the most frequent tags, with buttons that add them to the prompt. */
function words({ trigger_words: triggers, training_tags: tags }) {
  const named = triggers.map(({ text, source }) => chip(text, source));
  const counted = tags.map(({ text, count }) => chip(text, count === 1 ? "1 image" : `${count} images`));
  return [
    named.length > 0
      ? el("section", {}, el("h3", {}, "Trigger words"), el("div", { class: "row" }, named))
      : el("p", { class: "faint" }, "No trigger words are known."),
    counted.length > 0
      ? el("details", {}, el("summary", {}, `Most frequent tags of the training images (${counted.length})`), el("div", { class: "row" }, counted))
      : "",
  ];
}

function chip(text, from) {
  return button(text, (event) => add(text, event.target), { class: "chip", title: `Add to the prompt (${from})` });
}

function add(word, chip) {
  const prompt = settings.get("prompt") ?? "";
  settings.set({ prompt: prompt.trim() === "" ? word : `${prompt.trimEnd().replace(/,$/, "")}, ${word}` });
  chip.classList.add("added");
  chip.setAttribute("aria-label", `${word}, added to the prompt`);
}

function metadata(values) {
  const rows = Object.entries(values);
  if (rows.length === 0) {
    return "";
  }
  return el(
    "details",
    {},
    el("summary", {}, `Metadata (${rows.length})`),
    el("table", { class: "lora-metadata" }, el("tbody", {}, rows.map(([key, value]) => el("tr", {}, el("th", { scope: "row" }, key), el("td", {}, value))))),
  );
}

customElements.define("sd-lora-details", LoraDetails);
