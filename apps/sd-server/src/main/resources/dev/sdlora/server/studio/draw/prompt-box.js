import { button, el, freshId, setText } from "../core/html.js";
import { afterPress } from "../core/press.js";
import { settings } from "../core/settings.js";
import { Completions } from "./completions.js";
import { moved, paint } from "./highlight.js";
import { reading } from "./reading.js";
import { exchange, type, weighted } from "./text-editing.js";

/**
 * A prompt editor: a textarea over a layer with highlights and marks, a token count, and problems.
 * Attributes: `name` (the field of the request), `label`, `rows`.
 */
class PromptBox extends HTMLElement {
  #name;
  #textarea;
  #layer = el("div", { class: "prompt-layer", "aria-hidden": "true" });
  #count = el("output", { class: "faint prompt-count" });
  #problems = el("ul", { class: "prompt-problems", id: freshId("problems") });
  #status = el("span", { class: "visually-hidden", role: "status" });
  #hint = el("div", { class: "prompt-hint", role: "tooltip", hidden: true });
  #shown = { text: "", spans: [], problems: [] };
  #told = [];

  connectedCallback() {
    if (this.#textarea) {
      return;
    }
    this.#name = this.getAttribute("name");
    const id = freshId("prompt");
    this.#textarea = el("textarea", {
      id, name: this.#name, rows: this.getAttribute("rows") ?? 3, spellcheck: "false", autocapitalize: "none",
      "aria-describedby": this.#problems.id,
      oninput: () => settings.set({ [this.#name]: this.#textarea.value }),
      onkeydown: (event) => this.#key(event),
      onscroll: () => (this.#layer.scrollTop = this.#textarea.scrollTop),
      onpointermove: (event) => this.#hover(event),
      onblur: () => this.#read(),
      onpointerleave: () => (this.#hint.hidden = true),
    });
    const completions = new Completions(this.#textarea, this.#layer);
    this.append(
      el(
        "div",
        { class: "prompt-head" },
        el("label", { for: id, class: "name" }, this.getAttribute("label")),
        this.#count,
      ),
      el("div", { class: "prompt-editor" }, this.#layer, this.#textarea, this.#hint, ...completions.elements),
      this.#problems,
      this.#status,
    );
    settings.addEventListener("change", (event) => event.names.includes(this.#name) && this.#written());
    reading.addEventListener("change", () => this.#read());
    this.#written();
    reading.start();
    this.#read();
  }

  /** Handles a change of the text: moves the highlights until the server has read it. */
  #written() {
    const text = settings.get(this.#name) ?? "";
    exchange(this.#textarea, text);
    const { text: before, spans, problems } = this.#shown;
    if (text !== before) {
      this.#paint({ text, spans: moved(spans, before, text), problems: moved(problems, before, text) });
    }
  }

  #read() {
    const answer = reading.of(this.#name);
    if (reading.error !== "" || answer === null) {
      this.#tell(reading.error === "" ? [] : [{ severity: "mistake", sentence: reading.error }]);
      return;
    }
    const text = this.#textarea.value;
    if (answer.text !== text) {
      return; // The next response is about this text.
    }
    const problems = answer.problems.filter((problem) => !this.#isTyped(problem));
    this.#paint({ ...answer, problems });
    this.#tell(problems);
    this.#count.textContent = answer.tokens === undefined ? "" : `${answer.tokens}/${answer.capacity}`;
    this.#count.title = `${answer.tokens} tokens in ${answer.chunks === 1 ? "1 chunk" : `${answer.chunks} chunks`} of 75`;
    this.#count.classList.toggle("long", answer.chunks > 1);
  }

  /** Whether a problem is a tag that ends at the cursor because it is not finished. */
  #isTyped({ start, end }) {
    const { value, selectionEnd } = this.#textarea;
    return document.activeElement === this.#textarea && end === selectionEnd && /^<[^<>]+$/.test(value.slice(start, end));
  }

  #paint({ text, spans, problems }) {
    this.#shown = { text, spans, problems };
    paint(this.#layer, text, spans, problems);
    this.#layer.scrollTop = this.#textarea.scrollTop;
    this.#hint.hidden = true;
  }

  /** Lists the problems for users without a pointer; a click selects the position. */
  #tell(problems) {
    const mistakes = problems.filter((problem) => problem.severity === "mistake").length;
    const others = problems.length - mistakes;
    const counted = (count, noun) => (count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`]);
    const counts = [...counted(mistakes, "error"), ...counted(others, "warning")].join(" and ");
    const said = counts === "" ? "" : `${counts} in the ${this.getAttribute("label").toLowerCase()}`;
    setText(this.#status, said);
    this.#textarea.setAttribute("aria-invalid", mistakes > 0);
    this.#told = problems;
    afterPress(this.#list);
  }

  #list = () => {
    const same = JSON.stringify(this.#told);
    if (this.#problems.dataset.shown !== same) {
      this.#problems.dataset.shown = same;
      this.#problems.replaceChildren(...this.#told.map((problem) => this.#item(problem)));
    }
  };

  #item({ start, end, severity, sentence }) {
    if (start === undefined) {
      return el("li", { class: severity }, sentence);
    }
    const go = () => {
      this.#textarea.focus();
      this.#textarea.setSelectionRange(start, end);
    };
    return el("li", { class: severity }, button(sentence, go, { class: "quiet" }));
  }

  #key(event) {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (direction && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
      event.preventDefault();
      const { value, selectionStart, selectionEnd } = this.#textarea;
      const change = weighted(value, selectionStart, selectionEnd, direction);
      if (change) {
        type(this.#textarea, change.start, change.end, change.text);
        this.#textarea.setSelectionRange(...change.select);
      }
    }
  }

  /** Shows the problem under the pointer; the layer is below the textarea, so its marks get no events. */
  #hover(event) {
    const mark = [...this.#layer.querySelectorAll("[data-problem]")].find((one) =>
      [...one.getClientRects()].some(
        (box) => event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom,
      ),
    );
    const problem = mark && this.#shown.problems[mark.dataset.problem];
    this.#hint.hidden = !problem;
    if (problem) {
      const around = this.#layer.getBoundingClientRect();
      const box = mark.getBoundingClientRect();
      this.#hint.textContent = problem.sentence;
      this.#hint.style.top = `${box.bottom - around.top + 4}px`;
      this.#hint.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - this.#hint.offsetWidth))}px`;
    }
  }
}

customElements.define("sd-prompt-box", PromptBox);
