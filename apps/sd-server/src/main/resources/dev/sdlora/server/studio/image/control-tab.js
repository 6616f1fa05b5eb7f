import "./picture-field.js";
import { latest, post } from "../core/api.js";
import { button, el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";

const MODES = ["Balanced", "My prompt is more important", "ControlNet is more important"];
const RESIZE_MODES = ["Just resize", "Crop and resize", "Resize and fill"];
const MOST_UNITS = 10;
const IMAGE_PROMPT = "ip-adapter-auto";

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
      weight: slider("Control weight", 0, 2, set, "weight"),
      guidance_start: slider("Starting control step", 0, 1, set, "guidance_start"),
      guidance_end: slider("Ending control step", 0, 1, set, "guidance_end"),
      control_mode: choice("Control mode", MODES, set, "control_mode"),
      resize_mode: choice("Resize mode", RESIZE_MODES, set, "resize_mode"),
    };
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
      note,
    );
    form.show = (unit) => {
      enabled.checked = unit.enabled !== false && Boolean(unit.image);
      enabled.disabled = !unit.image;
      picture.reference = unit.image ?? null;
      const reads = isImagePrompt(unit);
      Object.entries(controls).forEach(([name, control]) => control.show(unit[name] ?? model.control_modules[0]));
      controls.module.field.hidden = reads;
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

/** Whether the network of a unit is an IP-Adapter, which reads an image of any content; its name says so. */
function isImagePrompt(unit) {
  return /^ip.?adapter/i.test(unit.model ?? "");
}

function withModule(unit) {
  const module = unit.module === IMAGE_PROMPT ? model.control_modules[0] : unit.module;
  return { ...unit, module: isImagePrompt(unit) ? IMAGE_PROMPT : module };
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

function choice(label, options, set, name) {
  const select = el("select", { onchange: () => set({ [name]: select.value }) }, options.map((option) => el("option", {}, option)));
  return {
    field: el("label", { class: "field" }, el("span", { class: "name" }, label), select),
    show: (value) => (select.value = typeof value === "number" ? options[value] : value),
  };
}

function slider(label, min, max, set, name) {
  const read = (input) => input.value !== "" && input.checkValidity() && set({ [name]: Number(input.value) });
  const range = el("input", { type: "range", min, max, step: 0.05, "aria-label": `${label}, slider`, oninput: () => read(range) });
  const number = el("input", { type: "number", min, max, step: "any", "aria-label": label, oninput: () => read(number) });
  return {
    field: el("div", { class: "field slider" }, el("span", { class: "name" }, label), el("span", { class: "pair" }, range, number)),
    show: (value) => [range, number].filter((input) => Number(input.value || NaN) !== value).forEach((input) => (input.value = value)),
  };
}

customElements.define("sd-control-tab", ControlTab);
