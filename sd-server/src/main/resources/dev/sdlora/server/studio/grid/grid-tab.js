import "./axis-field.js";
import { address } from "../core/address.js";
import { get, latest, post } from "../core/api.js";
import { button, el } from "../core/html.js";
import { jobs } from "../core/jobs.js";
import { settings } from "../core/settings.js";
import { completed, settled } from "../image/pictures.js";

/**
 * A grid of pictures with one or two settings varied: A1111's X/Y/Z plot. The axes stand in the
 * address beside the request, as `grid`.
 */
class GridTab extends HTMLElement {
  #plan = el("p", { class: "faint", role: "status" });
  #error = el("p", { class: "error", role: "alert" });
  #draw = button("Draw the grid", () => this.#submit());
  #count = latest((signal) => post("api/grids/plan", body(), { signal }));
  #timer = 0;

  async connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "stack";
    this.append(this.#error);
    this.addEventListener("keydown", (event) => this.#key(event));
    try {
      const { axes } = await get("api/grids/axes");
      const fields = ["x", "y"].map((name) => this.#axis(name, axes));
      this.replaceChildren(...fields, this.#plan, this.#error, el("div", { class: "row" }, this.#draw));
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
    const ready = isReady(settings.get("grid"));
    this.#draw.disabled = true;
    this.#error.textContent = "";
    this.#plan.textContent = ready ? "" : "Choose what the X axis varies, and its values.";
    if (ready) {
      this.#timer = setTimeout(() => this.#ask(), 300);
    }
  }

  async #ask() {
    try {
      const plan = await this.#count();
      if (plan) {
        const size = plan.rows ? `${plan.columns.values.length} × ${plan.rows.values.length} = ` : "";
        this.#plan.textContent = `${size}${plan.cells} ${plan.cells === 1 ? "picture" : "pictures"}${estimate(plan)}`;
        this.#draw.disabled = false;
      }
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  /** Enter draws what is seen here, rather than one picture. */
  #key(event) {
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      event.stopPropagation();
      this.#draw.click();
    }
  }

  async #submit() {
    this.#draw.disabled = true;
    this.#error.textContent = "";
    try {
      await settled();
      const job = await post("api/grids", body());
      address.go("draw", job.id);
    } catch (error) {
      this.#error.textContent = error.message;
    }
    this.#draw.disabled = false;
  }
}

function isReady(grid) {
  return [grid?.x, grid?.y].every((axis, at) => (axis ? axis.values !== "" && (axis.axis !== "lora" || axis.lora) : at === 1));
}

function body() {
  const grid = settings.get("grid");
  return { request: completed(settings), x: grid.x, y: grid.y ?? null };
}

/** By what the latest pictures took, a pixel and a step. */
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
