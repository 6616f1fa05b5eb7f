import { latest, post } from "../core/api.js";
import { el, freshId, setText } from "../core/html.js";
import { settings } from "../core/settings.js";
import { placeOf } from "./highlight.js";
import { type } from "./text-editing.js";

const PATIENCE = 100;

const KINDS = { lora: "LoRA", embedding: "Embedding", trigger_word: "Trigger word" };

/**
 * Completions below the cursor of a text. The list opens while the user types, with its first option
 * selected; the arrows select another, Enter and Tab insert the selected one, Escape closes.
 */
export class Completions {
  #textarea;
  #layer;
  #timer = 0;
  #found = [];
  #chosen = -1;
  #round = 0;
  #accepting = false;
  #ask = latest((signal, body) => post("api/prompt/complete", body, { signal }));
  #status = el("span", { class: "visually-hidden", role: "status" });
  list = el("ul", { class: "completions", role: "listbox", id: freshId("completions"), "aria-label": "Completions", hidden: true });
  elements = [this.list, this.#status];

  constructor(textarea, layer) {
    this.#textarea = textarea;
    this.#layer = layer;
    textarea.setAttribute("aria-autocomplete", "list");
    textarea.setAttribute("aria-haspopup", "listbox");
    textarea.setAttribute("aria-controls", this.list.id);
    textarea.addEventListener("input", (event) => this.#typed(event));
    textarea.addEventListener("keydown", (event) => this.#key(event));
    textarea.addEventListener("blur", () => this.close());
    textarea.addEventListener("pointerdown", () => this.close());
    textarea.addEventListener("scroll", () => this.close());
    // Keep the focus in the text.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  close() {
    clearTimeout(this.#timer);
    this.#round++;
    this.#found = [];
    this.#show();
  }

  #typed(event) {
    clearTimeout(this.#timer);
    const typing = event.inputType?.startsWith("insert") || event.inputType?.startsWith("delete");
    if (!typing || event.isComposing || event.inputType === "insertFromPaste" || this.#accepting) {
      this.close();
      return;
    }
    this.#timer = setTimeout(() => this.#complete(), PATIENCE);
  }

  async #complete() {
    const { value: prompt, selectionStart: cursor, selectionEnd } = this.#textarea;
    if (cursor !== selectionEnd) {
      return;
    }
    const round = ++this.#round;
    try {
      const answer = await this.#ask({ prompt, cursor, checkpoint: settings.get("checkpoint") });
      const same = this.#textarea.value === prompt && this.#textarea.selectionStart === cursor;
      if (answer && same && round === this.#round && document.activeElement === this.#textarea) {
        this.#found = answer.completions.filter(({ text, start, end }) => prompt.slice(start, end) !== text);
        this.#show(cursor);
      }
    } catch {
      this.close(); // The prompt box reports that the server is unreachable.
    }
  }

  #show(cursor) {
    this.#chosen = -1;
    this.list.hidden = this.#found.length === 0;
    this.list.replaceChildren(...this.#found.map((one, index) => this.#option(one, index)));
    this.#textarea.removeAttribute("aria-activedescendant");
    const said = this.#found.length === 0 ? "" : `${this.#found.length} completions`;
    setText(this.#status, said);
    if (this.#found.length > 0) {
      this.#place(cursor);
      this.#choose(0);
    }
  }

  #place(cursor) {
    const around = this.list.offsetParent.getBoundingClientRect();
    const at = placeOf(this.#layer, cursor);
    const room = around.width - this.list.offsetWidth;
    this.list.style.left = `${Math.max(0, Math.min(at.left - around.left, room))}px`;
    this.list.style.top = `${at.bottom - around.top + 4}px`;
  }

  #option(one, index) {
    const name = one.kind === "lora" ? one.text.replace(/^<\w+:/, "").replace(/:?[^:]*>$/, "") || one.text : one.text;
    return el(
      "li",
      { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false", onclick: () => this.#accept(index) },
      el("span", {}, name),
      el("span", { class: "faint" }, KINDS[one.kind] ?? one.kind),
    );
  }

  #choose(index) {
    this.list.children[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = index;
    const option = this.list.children[index];
    option.setAttribute("aria-selected", "true");
    this.#textarea.setAttribute("aria-activedescendant", option.id);
  }

  #move(index) {
    this.#choose(index);
    this.list.children[index].scrollIntoView({ block: "nearest" });
  }

  #accept(index) {
    const { text, start, end } = this.#found[index];
    this.#accepting = true;
    type(this.#textarea, start, end, text);
    this.#accepting = false;
    this.close();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || this.#found.length === 0) {
      return;
    }
    const last = this.#found.length - 1;
    const actions = {
      ArrowDown: () => this.#move(this.#chosen === last ? 0 : this.#chosen + 1),
      ArrowUp: () => this.#move(this.#chosen === 0 ? last : this.#chosen - 1),
      Escape: () => this.close(),
      Tab: () => this.#accept(this.#chosen),
      Enter: () => this.#accept(this.#chosen),
    };
    if (event.key in actions && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      actions[event.key]();
    }
  }
}
