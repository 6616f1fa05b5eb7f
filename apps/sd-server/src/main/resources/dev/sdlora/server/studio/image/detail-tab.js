import { button, el } from "../core/html.js";
import { model } from "../core/model.js";
import { choice, lines, optionalNumber, slider } from "../core/part-fields.js";
import { settings } from "../core/settings.js";

const MOST_PASSES = 10;
const SAME_SAMPLER = "Use same sampler";
const SAME_SCHEDULE = "Use same scheduler";
const SEEDS = ["One higher for each find", "That of the image"];
const AREAS = ["Only the find and its padding", "Whole picture"];

/** Passes that repaint what detectors find in the finished image, such as faces. */
class DetailTab extends HTMLElement {
  #list = el("div", { class: "stack" });
  #add = button("Add a pass", () => this.#put([...passes(), { detector: model.detectors[0] }]));

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "stack";
    this.append(
      el("p", { class: "faint" }, "Each pass looks for something in the finished image, such as faces, and paints what it finds again at a larger size."),
    );
    if (model.detectors.length === 0) {
      this.append(
        el("p", { class: "faint" }, "No detectors are available. Start the server with ", el("code", {}, "sd serve --detector-dir FOLDER"), "."),
      );
    }
    this.append(this.#list, el("div", { class: "row" }, this.#add));
    settings.addEventListener("change", (event) => event.names.includes("detailPasses") && this.#refresh());
    this.#refresh();
  }

  #refresh() {
    const now = passes();
    // Create only missing passes, so that controls keep the focus.
    while (this.#list.children.length > now.length) {
      this.#list.lastChild.remove();
    }
    now.forEach((pass, at) => {
      if (at >= this.#list.children.length) {
        this.#list.append(this.#form(at));
      }
      this.#list.children[at].show(pass);
    });
    this.#add.disabled = model.detectors.length === 0 || now.length >= MOST_PASSES;
  }

  #form(at) {
    const set = (changes) => this.#put(passes().map((pass, each) => (each === at ? { ...pass, ...changes } : pass)));
    const controls = {
      detector: choice("Detector", model.detectors, set, "detector"),
      order: choice("Order of the finds", model.detail_orders, set, "order", { None: "As detected" }),
      confidence: slider("Detection confidence", { min: 0, max: 1, schema: model.detail_fields.confidence }, set, "confidence"),
      most: slider("Most finds (0: all)", { min: 0, max: 20, step: 1, schema: model.detail_fields.most }, set, "most"),
      denoisingStrength: slider("Denoising strength", { min: 0, max: 1, step: 0.01, schema: model.detail_fields.denoisingStrength }, set, "denoisingStrength"),
      growth: slider("Mask growth, pixels", { min: -128, max: 128, step: 1, schema: model.detail_fields.growth }, set, "growth"),
      maskBlur: slider("Mask blur", { min: 0, max: 64, step: 1, schema: model.detail_fields.maskBlur }, set, "maskBlur"),
      padding: slider("Padding, pixels", { min: 0, max: 256, step: 1, schema: model.detail_fields.padding }, set, "padding"),
    };
    const text = {
      prompt: lines("Detail prompt", { placeholder: "Same as the prompt; [SEP] separates those of several finds" }, set, "prompt"),
      negativePrompt: lines("Detail negative prompt", { placeholder: "Same as the negative prompt" }, set, "negativePrompt"),
    };
    const area = choice("Inpaint area", AREAS, (changes) => set({ wholeImage: changes.area === AREAS[1] }), "area");
    const seeds = choice("Seeds of the finds", SEEDS, (changes) => set({ sameSeed: changes.seeds === SEEDS[1] }), "seeds");
    const same = "Same as the image";
    const side = { min: model.size_multiple, max: 2048, step: model.size_multiple, placeholder: same };
    const sizes = ({ width, height }) => set({ width, height });
    const more = {
      width: optionalNumber("Inpaint width", side, ({ width }) => sizes({ width, height: width && (passes()[at].height ?? width) }), "width"),
      height: optionalNumber("Inpaint height", side, ({ height }) => sizes({ height, width: height && (passes()[at].width ?? height) }), "height"),
      steps: optionalNumber("Detail steps", { min: 1, max: 150, placeholder: same }, set, "steps"),
      cfgScale: optionalNumber("Detail CFG scale", { min: 0, max: 30, step: "any", placeholder: same }, set, "cfgScale"),
      sampler: choice("Detail sampling method", [SAME_SAMPLER, ...model.samplers], ({ sampler }) => set({ sampler: sampler === SAME_SAMPLER ? undefined : sampler }), "sampler"),
      schedule: choice("Detail schedule type", [SAME_SCHEDULE, ...model.schedulers], ({ schedule }) => set({ schedule: schedule === SAME_SCHEDULE ? undefined : schedule }), "schedule"),
    };
    const fields = (of) => el("div", { class: "fields" }, Object.values(of).map((control) => control.field));
    const form = el(
      "fieldset",
      { class: "stack" },
      el("legend", {}, `Detail pass ${at + 1}`),
      fields(controls),
      text.prompt.field,
      text.negativePrompt.field,
      el("details", {}, el("summary", {}, "Size, steps and sampling"), el("div", { class: "stack" }, area.field, seeds.field, fields(more))),
      el("div", { class: "row" }, button("Remove pass", () => this.#put(passes().filter((_, each) => each !== at)), { "aria-label": `Remove pass ${at + 1}` })),
    );
    form.show = (pass) => {
      Object.entries({ ...controls, ...text }).forEach(([name, control]) => control.show(pass[name] ?? model.detail_defaults[name]));
      area.show(pass.wholeImage ? 1 : 0);
      seeds.show(pass.sameSeed ? 1 : 0);
      ["width", "height", "steps", "cfgScale"].forEach((name) => more[name].show(pass[name]));
      more.sampler.show(pass.sampler ?? SAME_SAMPLER);
      more.schedule.show(pass.schedule ?? SAME_SCHEDULE);
    };
    return form;
  }

  #put(list) {
    settings.set({ detailPasses: list.length > 0 ? list.map(shortened) : null });
    this.#refresh();
  }
}

function passes() {
  return settings.get("detailPasses") ?? [];
}

/** Returns a pass without values that are the default, so that the address of the page stays short. */
function shortened(pass) {
  return Object.fromEntries(Object.entries(pass).filter(([name, value]) => value !== undefined && value !== model.detail_defaults[name]));
}

customElements.define("sd-detail-tab", DetailTab);
