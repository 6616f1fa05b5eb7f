import "./picture-field.js";
import { latest, post } from "../core/api.js";
import { button, el } from "../core/html.js";
import { model } from "../core/model.js";
import { choice, slider } from "../core/part-fields.js";
import { settings } from "../core/settings.js";

const MODES = ["Balanced", "My prompt is more important", "ControlNet is more important"];
const RESIZE_MODES = ["Just resize", "Crop and resize", "Resize and fill"];
const MOST_UNITS = 10;
const IMAGE_PROMPT = "ip-adapter-auto";
const OWN_TYPE = "Automatic";
const UNION_TYPES = [OWN_TYPE, "OpenPose", "Depth", "Soft Edge", "Hard Edge", "Normal Map", "Segmentation", "Tile", "Inpaint"];

/** The values of fields that a unit omits. */
const USUAL = {
  module: "none", weight: 1, guidance_start: 0, guidance_end: 1, weight_type: "linear", embeds_scaling: "V only", union_control_type: OWN_TYPE,
  control_mode: MODES[0], resize_mode: RESIZE_MODES[1],
};

/** The units of A1111's ControlNet extension. */
class ControlTab extends HTMLElement {
  #list = el("div", { class: "stack" });
  #add = button("Add a unit", () => this.#put([...units(), fresh()]));

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "stack";
    if (model.control_nets.length === 0) {
      this.append(
        el("p", { class: "faint" }, "No ControlNets are available. Start the server with ", el("code", {}, "sd serve --control-dir FOLDER"), "."),
      );
    }
    this.append(this.#list, el("div", { class: "row" }, this.#add));
    settings.addEventListener("change", (event) => event.names.includes("alwayson_scripts") && this.#refresh());
    this.#refresh();
  }

  #refresh() {
    const now = units();
    // Create only missing units, so that controls keep the focus.
    while (this.#list.children.length > now.length) {
      this.#list.lastChild.remove();
    }
    now.forEach((unit, at) => {
      if (at >= this.#list.children.length) {
        this.#list.append(this.#form(at));
      }
      this.#list.children[at].show(unit);
    });
    this.#add.disabled = model.control_nets.length === 0 || now.length >= MOST_UNITS;
  }

  #form(at) {
    const set = (changes) => this.#put(units().map((unit, each) => (each === at ? withModule({ ...unit, ...changes }) : unit)));
    const picture = el("sd-picture-field", { label: `Control image, unit ${at}` });
    picture.addEventListener("picture", (event) => set({ image: event.detail?.reference ?? null, enabled: Boolean(event.detail) }));
    const enabled = el("input", { type: "checkbox", onchange: () => set({ enabled: enabled.checked }) });
    const controls = {
      model: choice("Model", model.control_nets, set, "model"),
      module: choice("Preprocessor", model.control_modules, (changes) => set({ ...changes, pixel_perfect: true }), "module"),
      weight: slider("Control weight", { min: 0, max: 2 }, set, "weight"),
      guidance_start: slider("Starting control step", { min: 0, max: 1 }, set, "guidance_start"),
      guidance_end: slider("Ending control step", { min: 0, max: 1 }, set, "guidance_end"),
      weight_type: choice("Weight type", model.weight_types, set, "weight_type"),
      embeds_scaling: choice("Embeds scaling", model.embeds_scalings, set, "embeds_scaling"),
      union_control_type: choice("Type of the control image", UNION_TYPES, ({ union_control_type: type }) => set({ union_control_type: type === OWN_TYPE ? undefined : type }), "union_control_type"),
      control_mode: choice("Control mode", MODES, set, "control_mode"),
      resize_mode: choice("Resize mode", RESIZE_MODES, set, "resize_mode"),
    };
    const region = el("sd-picture-field", { label: `Region mask, unit ${at}` });
    region.addEventListener("picture", (event) => set({ effective_region_mask: event.detail?.reference }));
    const part = el(
      "details",
      {},
      el("summary", {}, "Only in a part of the image"),
      el("div", { class: "stack" }, el("p", { class: "faint" }, "The image acts where the mask is white."), region),
    );
    const note = el("p", { class: "faint", role: "status" });
    const made = controlImage(at);
    const remove = () => this.#put(units().filter((_, each) => each !== at));
    const form = el(
      "fieldset",
      { class: "stack" },
      el("legend", {}, `ControlNet unit ${at}`),
      el(
        "div",
        { class: "row" },
        el("label", { class: "field check" }, enabled, el("span", {}, "Enable")),
        button("Remove unit", remove, { "aria-label": `Remove unit ${at}` }),
      ),
      picture,
      made,
      el("div", { class: "fields" }, Object.values(controls).map((control) => control.field)),
      part,
      note,
    );
    form.show = (unit) => {
      enabled.checked = unit.enabled !== false && Boolean(unit.image);
      enabled.disabled = !unit.image;
      picture.reference = unit.image ?? null;
      const reads = isImagePrompt(unit);
      Object.entries(controls).forEach(([name, control]) => control.show(unit[name] ?? USUAL[name]));
      ["module", "control_mode", "resize_mode"].forEach((name) => (controls[name].field.hidden = reads));
      controls.weight_type.field.hidden = controls.embeds_scaling.field.hidden = part.hidden = !reads;
      controls.union_control_type.field.hidden = reads || !isUnion(unit);
      region.reference = unit.effective_region_mask ?? null;
      made.show(unit);
      note.textContent = unit.image ? "" : reads ? "The unit needs an image to read next to the text." : "The unit needs a control image, such as edges, depth or a pose, as its model expects, or any image and a preprocessor.";
    };
    return form;
  }

  #put(args) {
    settings.set({ alwayson_scripts: args.length > 0 ? { controlnet: { args } } : null });
    this.#refresh();
  }
}

/** Whether the network of a unit is an IP-Adapter, which reads an image of any content. */
function isImagePrompt(unit) {
  return model.image_adapters.includes(unit.model);
}

/** Whether the network of a unit has several types of control images; as in A1111, its name says so. */
function isUnion(unit) {
  return /union/i.test(unit.model ?? "");
}

/** Sets the module that the network of a unit needs, and removes fields that it does not have. */
function withModule(unit) {
  const { weight_type, embeds_scaling, effective_region_mask, union_control_type, ...rest } = unit;
  if (isImagePrompt(unit)) {
    return withoutEmpty({ ...rest, module: IMAGE_PROMPT, weight_type, embeds_scaling, effective_region_mask });
  }
  const module = unit.module === IMAGE_PROMPT ? model.control_modules[0] : unit.module;
  return withoutEmpty({ ...rest, module, union_control_type: isUnion(unit) ? union_control_type : undefined });
}

function withoutEmpty(unit) {
  return Object.fromEntries(Object.entries(unit).filter(([, value]) => value !== undefined));
}

function units() {
  return settings.get("alwayson_scripts")?.controlnet?.args ?? [];
}

function fresh() {
  return withModule({
    model: model.control_nets[0], module: model.control_modules[0], pixel_perfect: true, weight: 1, guidance_start: 0, guidance_end: 1,
    control_mode: MODES[0], resize_mode: RESIZE_MODES[1], image: null, enabled: false,
  });
}

/** The control image that the preprocessor makes of the unit's image, at the size of the request. */
function controlImage(at) {
  const image = el("img", { alt: `What the network of unit ${at} sees` });
  const error = el("p", { class: "error", role: "alert" });
  const figure = el("figure", { class: "control-image", hidden: true }, image, el("figcaption", { class: "faint" }, "What the network sees"), error);
  const detect = latest((signal, body) => post("controlnet/detect", body, { signal }));
  let shown = "";
  figure.show = async (unit) => {
    const wanted = unit.image && model.control_modules.indexOf(unit.module) > 0 ? `${unit.module} ${unit.image}` : "";
    if (wanted === shown) {
      return;
    }
    shown = wanted;
    figure.hidden = !wanted;
    error.textContent = "";
    image.hidden = true;
    if (!wanted) {
      return;
    }
    const side = Math.min(settings.get("width") ?? 512, settings.get("height") ?? 512);
    try {
      const answer = await detect({
        controlnet_module: unit.module, controlnet_input_images: [unit.image],
        controlnet_processor_res: Math.max(64, Math.min(2048, side)),
      });
      if (answer && wanted === shown) {
        image.src = `data:image/png;base64,${answer.images[0]}`;
        image.hidden = false;
      }
    } catch (problem) {
      error.textContent = problem.message;
    }
  };
  return figure;
}

customElements.define("sd-control-tab", ControlTab);
