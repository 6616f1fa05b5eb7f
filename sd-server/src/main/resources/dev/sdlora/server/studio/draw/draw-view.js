import "../core/tabs.js";
import "../grid/grid-tab.js";
import "../image/control-tab.js";
import "../image/hires-settings.js";
import "../image/image-tab.js";
import "./generation-settings.js";
import "./job-view.js";
import "./prompt-box.js";
import "./styles.js";
import "../loras/lora-browser.js";
import "../jobs/queue.js";
import { address } from "../core/address.js";
import { el } from "../core/html.js";
import { jobs } from "../core/jobs.js";
import { settings } from "../core/settings.js";
import { completed, settled } from "../image/pictures.js";

/** The request on one side, what it draws on the other. */
class DrawView extends HTMLElement {
  #error = el("p", { class: "error", role: "alert" });

  connectedCallback() {
    const tabs = el("sd-tabs", { label: "Settings" });
    tabs.add("Generation", () => el("div", { class: "stack" }, el("sd-generation-settings"), el("sd-hires-settings")));
    tabs.add("LoRA", () => el("sd-lora-browser"));
    tabs.add("Image", () => el("sd-image-tab"));
    tabs.add("ControlNet", () => el("sd-control-tab"));
    tabs.add("X/Y grid", () => el("sd-grid-tab"));
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
        el("div", { class: "row" }, el("button", { class: "primary", title: "Ctrl+Enter" }, "Generate")),
      ),
    );
    this.replaceChildren(form, el("div", { class: "stack" }, el("sd-job-view"), el("sd-queue")));
  }

  async #submit(event) {
    event.preventDefault();
    const invalid = event.target.querySelector(":invalid");
    if (invalid) {
      invalid.reportValidity();
      return;
    }
    this.#error.textContent = "";
    address.flush();
    try {
      await settled();
      const job = await jobs.submit(completed(settings));
      address.go("draw", job.id);
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }
}

customElements.define("sd-draw-view", DrawView);
