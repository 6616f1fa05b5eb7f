import "../core/tabs.js";
import "../grid/grid-tab.js";
import "../image/control-tab.js";
import "../image/detail-tab.js";
import "../image/hires-settings.js";
import "../image/image-tab.js";
import "./generation-settings.js";
import "./job-view.js";
import "./prompt-box.js";
import "./styles.js";
import "../loras/lora-browser.js";
import "../jobs/queue.js";
import { address } from "../core/address.js";
import { el, setText } from "../core/html.js";
import { jobs } from "../core/jobs.js";
import { settings } from "../core/settings.js";
import { completed, settled } from "../image/pictures.js";

/** The request on the left, its images and the queue on the right. */
class DrawView extends HTMLElement {
  #tabs = el("sd-tabs", { label: "Settings" });
  #generate = el("button", { class: "primary", title: "Ctrl+Enter" });
  #error = el("p", { class: "error", role: "alert" });

  connectedCallback() {
    const tabs = this.#tabs;
    tabs.add("Generation", () => el("div", { class: "stack" }, el("sd-generation-settings"), el("sd-hires-settings")));
    tabs.add("LoRA", () => el("sd-lora-browser"));
    tabs.add("Image", () => el("sd-image-tab"));
    tabs.add("ControlNet", () => el("sd-control-tab"));
    tabs.add("Details", () => el("sd-detail-tab"));
    tabs.add("X/Y grid", () => {
      const grid = el("sd-grid-tab");
      grid.addEventListener("ready", () => this.#offer());
      return grid;
    });
    tabs.addEventListener("select", () => this.#offer());
    this.#offer();
    const form = el(
      "form",
      {
        class: "panel stack", novalidate: true, "aria-label": "Request",
        onsubmit: (event) => this.#submit(event),
        onkeydown: (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit(),
      },
      el("sd-prompt-box", { name: "prompt", label: "Prompt", rows: 4 }),
      el("sd-prompt-box", { name: "negative_prompt", label: "Negative prompt", rows: 2 }),
      el("sd-styles"),
      tabs,
      el(
        "div",
        { class: "generate stack" },
        this.#error,
        el("div", { class: "row" }, this.#generate),
      ),
    );
    this.replaceChildren(form, el("div", { class: "stack" }, el("sd-job-view"), el("sd-queue")));
  }

  /** Returns the grid if its tab is selected, or else null. */
  #grid() {
    const content = this.#tabs.content;
    return content.matches("sd-grid-tab") ? content : null;
  }

  /** Updates the button for the selected tab. */
  #offer() {
    const grid = this.#grid();
    setText(this.#generate, grid ? "Generate grid" : "Generate");
    this.#generate.disabled = grid !== null && !grid.isReady;
  }

  async #submit(event) {
    event.preventDefault();
    const invalid = event.target.querySelector(":invalid");
    if (invalid) {
      invalid.reportValidity();
      return;
    }
    const grid = this.#grid();
    if (grid && !grid.isReady) {
      return;
    }
    this.#error.textContent = "";
    address.flush();
    try {
      await settled();
      const job = await (grid ? grid.submit() : jobs.submit(completed(settings)));
      address.go("draw", job.id);
      this.querySelector("sd-job-view").lookAt();
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }
}

customElements.define("sd-draw-view", DrawView);
