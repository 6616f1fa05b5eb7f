import "./axis-field.js";
import { get, latest, post } from "../core/api.js";
import { el } from "../core/html.js";
import { jobs } from "../core/jobs.js";
import { settings } from "../core/settings.js";
import { completed } from "../image/pictures.js";

/**
 * A grid of images over one or two settings: A1111's X/Y/Z plot. The axes are in the URL with
 * the request, as `grid`. Fires `ready` when `isReady` changes, which says whether it can be generated.
 */
class GridTab extends HTMLElement {
  #plan = el("p", { class: "faint", role: "status" });
  #error = el("p", { class: "error", role: "alert" });
  #count = latest((signal) => post("api/grids/plan", body(), { signal }));
  #timer = 0;
  isReady = false;

  async connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "stack";
    this.append(this.#error);
    try {
      const { axes } = await get("api/grids/axes");
      const fields = ["x", "y"].map((name) => this.#axis(name, axes));
      this.replaceChildren(...fields, this.#plan, this.#error);
    } catch (error) {
      this.#error.textContent = error.message;
      return;
    }
    settings.addEventListener("change", () => this.#changed());
    this.#changed();
  }

  #axis(name, axes) {
    const field = el("sd-axis-field");
    field.choose(name, axes);
    field.addEventListener("axis", (event) => {
      const grid = { ...settings.get("grid"), [name]: event.detail };
      settings.set({ grid: grid.x || grid.y ? grid : null });
    });
    return field;
  }

  #changed() {
    clearTimeout(this.#timer);
    const complete = isComplete(settings.get("grid"));
    this.#readyIs(false);
    this.#error.textContent = "";
    this.#plan.textContent = complete ? "" : "Choose what the X axis varies and its values.";
    if (complete) {
      this.#timer = setTimeout(() => this.#ask(), 300);
    }
  }

  async #ask() {
    try {
      const plan = await this.#count();
      if (plan) {
        const size = plan.rows ? `${plan.columns.values.length} × ${plan.rows.values.length} = ` : "";
        this.#plan.textContent = `${size}${plan.cells} ${plan.cells === 1 ? "image" : "images"}${estimate(plan)}`;
        this.#readyIs(true);
      }
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  #readyIs(ready) {
    this.isReady = ready;
    this.dispatchEvent(new Event("ready"));
  }

  /** Queues the grid and resolves to its job. */
  submit() {
    return post("api/grids", body());
  }
}

function isComplete(grid) {
  return [grid?.x, grid?.y].every((axis, at) => (axis ? axis.values !== "" && (axis.axis !== "lora" || axis.lora) : at === 1));
}

function body() {
  const grid = settings.get("grid");
  return { request: completed(settings), x: grid.x, y: grid.y ?? null };
}

/** Estimates the time from the latest job's time per pixel and step. */
function estimate({ pixel_steps }) {
  for (const job of jobs.list()) {
    const pixels = job.images.reduce((sum, image) => sum + image.width * image.height, 0);
    if (job.state === "done" && job.kind.endsWith("2img") && job.steps > 0 && pixels > 0) {
      return `, about ${roughly((job.seconds / (pixels * job.steps)) * pixel_steps)}`;
    }
  }
  return "";
}

function roughly(seconds) {
  if (seconds < 90) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

customElements.define("sd-grid-tab", GridTab);
