import "../gallery/compare.js";
import "../image/picture-field.js";
import { address } from "../core/address.js";
import { post } from "../core/api.js";
import { button, el } from "../core/html.js";
import { isUnfinished, jobs, pathOf } from "../core/jobs.js";
import { model } from "../core/model.js";
import { settled, urlOf } from "../image/pictures.js";

const FACTORS = { min: 1, max: 8, step: 0.05 };

/** Upscales an image. The URL has the image or the job: `#/upscale/picture:ID`. */
class UpscaleView extends HTMLElement {
  #picture = el("sd-picture-field", { label: "Image", "data-drop": "Drop an image to upscale it" });
  #upscaler = el("select", {}, model.upscalers.map((name) => el("option", {}, name)));
  #factor = el("input", { type: "number", value: 2, ...FACTORS, "aria-label": "Upscale by" });
  #slider = el("input", { type: "range", value: 2, ...FACTORS, "aria-label": "Upscale by, slider" });
  #width = el("input", { type: "number", min: 1, max: 16384, value: 512 });
  #height = el("input", { type: "number", min: 1, max: 16384, value: 512 });
  #crop = el("input", { type: "checkbox", checked: true });
  #bySize = el("input", { type: "checkbox", onchange: () => this.#sizes() });
  #byFactor = el("div", { class: "field slider" }, el("span", { class: "name" }, "Upscale by"), el("span", { class: "pair" }, this.#slider, this.#factor));
  #toSize = el(
    "div",
    { class: "fields" },
    el("label", { class: "field" }, el("span", { class: "name" }, "Width"), this.#width),
    el("label", { class: "field" }, el("span", { class: "name" }, "Height"), this.#height),
    el("label", { class: "field check" }, this.#crop, el("span", {}, "Crop to fit")),
  );
  #go = el("button", { class: "primary" }, "Upscale");
  #error = el("p", { class: "error", role: "alert" });
  #result = el("section", { class: "panel stack", "aria-label": "Result" });
  #status = el("p", { role: "status" });
  #bar = el("progress", { max: 1, value: 0, "aria-label": "Progress" });
  #shown = "";

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    const lanczos = model.upscalers.find((name) => name === "Lanczos");
    this.#upscaler.value = model.upscalers.find((name) => !["Lanczos", "Nearest", "None"].includes(name)) ?? lanczos;
    this.#slider.addEventListener("input", () => (this.#factor.value = this.#slider.value));
    this.#factor.addEventListener("input", () => (this.#slider.value = this.#factor.value));
    this.#picture.addEventListener("picture", (event) => address.go("upscale", event.detail?.reference ?? ""));
    this.append(
      el(
        "form",
        { class: "panel stack", "aria-label": "Upscale", onsubmit: (event) => this.#submit(event) },
        this.#picture,
        el("label", { class: "field" }, el("span", { class: "name" }, "Upscaler"), this.#upscaler),
        el("label", { class: "field check" }, this.#bySize, el("span", {}, "To a fixed size")),
        this.#byFactor,
        this.#toSize,
        this.#error,
        this.#go,
      ),
      this.#result,
    );
    this.#sizes();
    jobs.addEventListener("change", () => this.#show());
    address.addEventListener("change", () => this.#show());
    this.#show();
  }

  #sizes() {
    this.#byFactor.hidden = this.#bySize.checked;
    this.#toSize.hidden = !this.#bySize.checked;
  }

  async #submit(event) {
    event.preventDefault();
    this.#error.textContent = "";
    this.#go.disabled = true;
    try {
      await settled();
      const size = this.#bySize.checked
        ? {
            resize_mode: 1, upscaling_resize_w: Number(this.#width.value), upscaling_resize_h: Number(this.#height.value),
            upscaling_crop: this.#crop.checked,
          }
        : { upscaling_resize: Number(this.#factor.value) };
      const job = await post("api/upscales", { image: this.#picture.reference, upscaler: this.#upscaler.value, ...size });
      address.go("upscale", job.id);
    } catch (error) {
      this.#error.textContent = error.message;
    }
    this.#go.disabled = !this.#picture.reference;
  }

  #show() {
    if (address.view !== "upscale") {
      return;
    }
    const job = jobs.find(address.rest);
    const reference = job ? (job.settings?.image ?? this.#picture.reference) : address.rest.includes(":") ? address.rest : null;
    this.#picture.reference = reference ?? (address.rest === "" ? null : this.#picture.reference);
    this.#go.disabled = !this.#picture.reference;
    this.#showResult(job, reference);
  }

  #showResult(job, reference) {
    if (job && isUnfinished(job)) {
      this.#status.textContent = job.state === "waiting" ? `Number ${job.place} in the queue` : "Upscaling …";
      this.#bar.value = job.progress;
    }
    // Keep the elements until the result has loaded, and with them the focus.
    const state = job ? `${job.id} ${isUnfinished(job)}` : "none";
    if (state === this.#shown) {
      return;
    }
    this.#shown = state;
    if (!job) {
      this.#result.replaceChildren(el("p", { class: "faint" }, "The upscaled image appears here, next to the original."));
    } else if (isUnfinished(job)) {
      const cancel = button("Cancel", () => this.#cancel(job.id));
      this.#result.replaceChildren(this.#status, this.#bar, el("div", { class: "row" }, cancel));
    } else {
      this.#result.replaceChildren(...finished(job, reference));
    }
  }

  async #cancel(id) {
    try {
      await jobs.cancel(id);
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }
}

function finished(job, reference) {
  const [image] = job.images;
  if (!image) {
    return [job.error ? el("p", { class: "error" }, job.error) : el("p", { class: "faint" }, "Cancelled.")];
  }
  const large = pathOf(image);
  const { width, height } = image;
  const after = `After: ${width}×${height}`;
  return [
    reference
      ? compared({ src: urlOf(reference), name: "Before" }, { src: large, name: after })
      : el("img", { src: large, width, height, alt: after }),
    el("div", { class: "row" }, el("a", { class: "button", href: large, download: "upscaled.png" }, "Download")),
  ];
}

function compared(before, after) {
  const compare = el("sd-compare");
  compare.show(before, after);
  return compare;
}

customElements.define("sd-upscale-view", UpscaleView);
