import { checkField, selectField, sliderField, textField } from "../core/fields.js";
import { el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";

/** The second pass at a larger size. */
class HiresSettings extends HTMLElement {
  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    const sameSampler = ["Use same sampler", ...model.samplers];
    const sameSchedule = ["Use same scheduler", ...model.schedulers];
    const fields = el(
      "div",
      { class: "stack" },
      el(
        "div",
        { class: "fields" },
        selectField({ name: "hr_upscaler", label: "Upscaler", options: [...model.latent_upscalers, ...model.upscalers] }),
        sliderField({ name: "hr_scale", label: "Upscale by", min: 1, max: 4, step: 0.05 }),
        sliderField({ name: "hr_second_pass_steps", label: "Hires steps (0: same as sampling steps)", min: 0, max: 150 }),
        sliderField({ name: "denoising_strength", label: "Denoising strength", step: 0.01 }),
        selectField({ name: "hr_sampler_name", label: "Hires sampling method", options: sameSampler }),
        selectField({ name: "hr_scheduler", label: "Hires schedule type", options: sameSchedule }),
      ),
      textField({ name: "hr_prompt", label: "Hires prompt", rows: 2, placeholder: "Same as the prompt" }),
      textField({ name: "hr_negative_prompt", label: "Hires negative prompt", rows: 2, placeholder: "Same as the negative prompt" }),
    );
    const size = el("p", { class: "faint", role: "status" });
    this.append(
      el(
        "fieldset",
        { class: "stack" },
        el("legend", {}, checkField({ name: "enable_hr", label: "Hires. fix" })),
        size,
        fields,
      ),
    );
    const refresh = () => {
      const on = settings.get("enable_hr") === true;
      const started = Boolean(settings.get("init_images")?.length);
      fields.hidden = !on;
      size.hidden = !on;
      size.textContent = on ? (started ? "Not used with a start image." : sizes()) : "";
    };
    settings.addEventListener("change", refresh);
    refresh();
  }
}

function sizes() {
  const by = settings.get("hr_scale");
  const [width, height] = [settings.get("width"), settings.get("height")];
  const side = (length) => Math.floor((length * by) / 8) * 8;
  return `From ${width}×${height} to ${side(width)}×${side(height)}`;
}

customElements.define("sd-hires-settings", HiresSettings);
