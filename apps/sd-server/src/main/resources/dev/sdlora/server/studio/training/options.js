/**
 * The options of a training by the names of the API, with dots between a group and its fields.
 *
 * Each has a `label` and a `type`: number, check, choice (with `texts` by value), text or lines.
 * `when` says for which drafts it is there at all; `to` converts its text for the request.
 */

const number = (name, label, more = {}) => ({ name, label, type: "number", step: "any", ...more });
const whole = (name, label, more = {}) => ({ name, label, type: "number", step: 1, min: 0, ...more });
const share = (name, label, more = {}) => number(name, label, { min: 0, max: 1, ...more });
const check = (name, label, more = {}) => ({ name, label, type: "check", to: () => true, ...more });
const choice = (name, label, texts, more = {}) => ({ name, label, type: "choice", texts, ...more });
const lines = (name, label, more = {}) => ({ name, label, type: "lines", ...more });

const is = (name, ...values) => (draft) => values.includes(draft[name] ?? "");
const has = (name) => (draft) => (draft[name] ?? "") !== "" && draft[name] !== false;
const both = (...conditions) => (draft) => conditions.every((condition) => condition(draft));

export const isSlider = is("train_on", "prompts");
const hasImages = (draft) => !isSlider(draft);
const isLora = is("adapter.kind", "", "lora");
const isNotIa3 = is("adapter.kind", "", "lora", "loha", "lokr");
const isNot = (condition) => (draft) => !condition(draft);

/** The options that are always visible. */
export const COMMON = [
  choice("adapter.kind", "Kind", { lora: "LoRA", loha: "LoHa", lokr: "LoKr", ia3: "IA³" }, { usual: "LoRA" }),
  whole("rank", "Rank", { min: 1, max: 1024 }),
  whole("steps", "Steps", { min: 1, max: 10000000, when: (draft) => !has("epochs")(draft) || isSlider(draft) }),
  number("learning_rate", "Learning rate", { min: 0 }),
  whole("width", "Width", { min: 64, max: 2048, step: 8 }),
  whole("height", "Height", { min: 64, max: 2048, step: 8 }),
];

/** The prompts of a slider. */
export const SLIDER = [
  { name: "slider.target", label: "Target", type: "text", placeholder: "Such as: a house. Empty: everything" },
  { name: "slider.positive", label: "More of it", type: "text", placeholder: "a house, very detailed" },
  { name: "slider.negative", label: "Less of it", type: "text", placeholder: "a house, plain" },
  lines("slider.kept", "Kept apart", { placeholder: "Words whose meaning stays, one per line: red", to: listed, wide: true }),
  number("slider.guidance", "Guidance", { min: 0, placeholder: "4" }),
].map((option) => ({ ...option, when: isSlider }));

export const GROUPS = [
  {
    title: "What is trained",
    options: [
      number("alpha", "Alpha", { min: 0 }),
      choice("modules", "Layers", { attention: "Attention only", linear: "All linear layers", convolutions: "Linear and convolution layers" }),
      whole("adapter.convolution_rank", "Rank of 3×3 convolutions", { min: 1, max: 1024, placeholder: "As the others", when: is("modules", "", "convolutions") }),
      number("adapter.convolution_alpha", "Alpha of 3×3 convolutions", { min: 0, placeholder: "Their rank", when: both(is("modules", "", "convolutions"), has("adapter.convolution_rank")) }),
      whole("adapter.lokr_factor", "Factor of LoKr", { min: -1, placeholder: "-1: as square as possible", when: is("adapter.kind", "lokr") }),
      number("adapter.lora_plus_ratio", "LoRA+ ratio", { min: 0, placeholder: "1", when: isLora }),
      share("adapter.dropout", "Dropout", { placeholder: "0", when: both(isLora, isNot(has("adapter.dora"))) }),
      share("adapter.rank_dropout", "Dropout of ranks", { placeholder: "0", when: isNotIa3 }),
      share("adapter.module_dropout", "Dropout of layers", { placeholder: "0" }),
      whole("clip_skip", "Clip skip", { min: 1, placeholder: "1" }),
      choice("file_format", "File format", { float16: "float16", float32: "float32" }, { usual: "float16" }),
      check("adapter.dora", "DoRA: train magnitudes too", { when: isNotIa3 }),
      check("adapter.rank_stabilized", "Rank-stabilised scaling", { when: isNotIa3 }),
      check("text_encoder", "Train the text encoder too", { when: hasImages }),
      lines("adapter.rules", "Rules by layer", { placeholder: "IN04 off\n.*attn2.* rank=4 alpha=2 rate=0.5", to: rules, wide: true }),
    ],
  },
  {
    title: "Optimiser",
    options: [
      choice("optimizer.kind", "Optimiser", { adamw: "AdamW", prodigy: "Prodigy", lion: "Lion", adafactor: "Adafactor" }, { usual: "AdamW" }),
      number("optimizer.growth", "Growth of Prodigy (d_coef)", { min: 0, placeholder: "1", when: is("optimizer.kind", "prodigy") }),
      share("optimizer.beta1", "Beta 1", { placeholder: "That of the optimiser", when: isNot(is("optimizer.kind", "adafactor")) }),
      share("optimizer.beta2", "Beta 2", { placeholder: "That of the optimiser", when: isNot(is("optimizer.kind", "adafactor")) }),
      choice("schedule.shape", "Learning rate schedule", { constant: "Constant", linear: "Linear to 0", cosine: "Cosine to 0" }, { usual: "cosine" }),
      whole("schedule.cycles", "Cycles", { min: 1, placeholder: "1", when: is("schedule.shape", "cosine") }),
      whole("warmup", "Warm-up steps", { placeholder: "As recommended" }),
      number("text_encoder_learning_rate", "Learning rate of the text encoder", { min: 0, placeholder: "Half of the other", when: both(hasImages, has("text_encoder")) }),
      number("text_encoder_2_learning_rate", "Learning rate of SDXL's second text encoder", { min: 0, placeholder: "That of the first", when: both(hasImages, has("text_encoder")) }),
      number("weight_decay", "Weight decay", { min: 0, placeholder: "0.01" }),
      number("max_gradient_norm", "Largest gradient norm", { min: 0, placeholder: "1" }),
      share("ema", "Averaging of weights (EMA)", { placeholder: "0: none" }),
      whole("epochs", "Epochs instead of steps", { min: 1, when: hasImages }),
      whole("seed", "Seed", { placeholder: "0" }),
    ],
  },
  {
    title: "Loss",
    options: [
      choice("loss.shape", "Loss", { l2: "L2", huber: "Huber", huber_by_noise: "Huber by noise level" }, { usual: "L2" }),
      number("loss.delta", "Delta of Huber", { min: 0, placeholder: "0.1", when: is("loss.shape", "huber", "huber_by_noise") }),
      number("min_snr_gamma", "Min-SNR gamma", { min: 0, placeholder: "As recommended; 0: none", when: hasImages }),
      number("noise_offset", "Noise offset", { min: 0, placeholder: "0", when: hasImages }),
      choice("timesteps.shape", "Noise levels", { uniform: "Uniform", logit_normal: "Logit-normal", shifted: "Shifted", by_resolution: "By resolution" }, { usual: "uniform", when: hasImages }),
      number("timesteps.mean", "Mean", { placeholder: "0", when: both(hasImages, is("timesteps.shape", "logit_normal")) }),
      number("timesteps.deviation", "Deviation", { min: 0, placeholder: "1", when: both(hasImages, is("timesteps.shape", "logit_normal")) }),
      number("timesteps.shift", "Shift", { min: 0, placeholder: "1", when: both(hasImages, is("timesteps.shape", "shifted")) }),
      share("timesteps.least", "Lowest noise level", { placeholder: "0", when: hasImages }),
      share("timesteps.most", "Highest noise level", { placeholder: "1", when: hasImages }),
      check("debiased", "Debiased weights of noise levels", { when: hasImages }),
    ],
  },
  {
    title: "Images and captions",
    when: hasImages,
    options: [
      check("buckets", "Keep aspect ratios (buckets)"),
      whole("buckets.least", "Shortest side", { min: 64, step: 8, placeholder: "256", when: has("buckets") }),
      whole("buckets.most", "Longest side", { min: 64, step: 8, placeholder: "1024", when: has("buckets") }),
      whole("buckets.step", "Step of sides", { min: 8, step: 8, placeholder: "64", when: has("buckets") }),
      check("buckets.upscale", "Do not enlarge small images", { to: () => false, when: has("buckets") }),
      check("flip", "Mirror half of the images"),
      check("masked_loss", "Train on masked areas only"),
      share("masked_loss.unmasked_weight", "Weight of the other areas", { placeholder: "0", when: has("masked_loss") }),
      check("captions.shuffle", "Shuffle tags"),
      whole("captions.kept", "Tags that stay in front", { placeholder: "0" }),
      share("captions.tag_dropout", "Share of tags to drop", { placeholder: "0" }),
      share("captions.dropout", "Share of captions to drop", { placeholder: "0.05" }),
      { name: "class_prompt", label: "Class prompt (prior preservation)", type: "text", placeholder: "Such as: a cat" },
      whole("class_count", "Class images to draw", { min: 1, max: 500, placeholder: "100", when: has("class_prompt") }),
      number("prior_weight", "Weight of class images", { min: 0, placeholder: "1", when: has("class_prompt") }),
    ].map((option) => ({ ...option, when: option.when ? both(hasImages, option.when) : hasImages })),
  },
  {
    title: "Samples and validation",
    options: [
      lines("sample_prompts", "Sample prompts", { placeholder: "One per line. Default: the trigger word and the first caption", to: listed, wide: true }),
      { name: "sample_weights", label: "Weights of samples", type: "text", placeholder: "1, or several: 0, 0.5, 1", to: numbers },
      whole("sample_every", "Steps between samples", { min: 1 }),
      check("samples", "No samples", { to: () => false }),
      check("validation", "Measure the loss on held-out images", { when: hasImages }),
      share("validation.share", "Share of images held out", { placeholder: "0.1", when: both(hasImages, has("validation")) }),
      whole("validation.every", "Steps between measurements", { min: 1, placeholder: "50", when: both(hasImages, has("validation")) }),
      whole("validation.patience", "Stop after measurements without progress", { placeholder: "0: never", when: both(hasImages, has("validation")) }),
    ],
  },
  {
    title: "Speed and memory",
    options: [
      whole("batch_size", "Batch size", { min: 1 }),
      whole("accumulation", "Batches per step", { min: 1, max: 1024, placeholder: "1" }),
      choice("precision", "Precision", { float32: "float32", bfloat16: "bfloat16", int8: "8-bit weights" }),
      check("checkpointing", "Gradient checkpointing: less memory, more time"),
    ],
  },
];

const ALL = [...COMMON, ...SLIDER, ...GROUPS.flatMap((group) => group.options)];

/**
 * Returns the request of a draft, without fields that are empty or that other ones rule out.
 *
 * @throws Error with a sentence if a text cannot be read
 */
export function requestOf(draft) {
  const request = {};
  for (const name of isSlider(draft) ? ["name"] : ["name", "trigger"]) {
    if (draft[name]) {
      request[name] = draft[name];
    }
  }
  for (const option of ALL) {
    const value = draft[option.name] ?? "";
    if (value === "" || value === false || (option.when && !option.when(draft))) {
      continue;
    }
    put(request, option.name.split("."), option.to ? option.to(String(value)) : value);
  }
  if (!isSlider(draft)) {
    request.pictures = (draft.pictures ?? []).map(({ image, caption, mask }) => ({ image, caption, ...(mask ? { mask } : {}) }));
  }
  return request;
}

function put(request, [name, member], value) {
  if (member === undefined) {
    request[name] ??= value;
  } else {
    request[name] = { ...(request[name] === true ? {} : request[name]), [member]: value };
  }
}

function listed(text) {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

function numbers(text) {
  const read = text.split(/[\s,;]+/).filter((part) => part !== "").map(Number);
  if (read.some(Number.isNaN)) {
    throw new Error(`“${text}” is not a list of numbers such as 0, 0.5, 1`);
  }
  return read;
}

const RULE = { rank: "rank", alpha: "alpha", rate: "rate_factor" };

/** Reads lines such as `IN04 off` and `.*attn2.* rank=4 alpha=2 rate=0.5`. */
function rules(text) {
  return listed(text).map((line) => {
    const [layers, ...parts] = line.split(/\s+/);
    const rule = { layers };
    for (const part of parts) {
      const [name, value] = part.split("=");
      if (part === "off") {
        rule.trained = false;
      } else if (RULE[name] && value && !Number.isNaN(Number(value))) {
        rule[RULE[name]] = Number(value);
      } else {
        throw new Error(`Rule “${line}”: expected off, rank=, alpha= or rate= instead of “${part}”`);
      }
    }
    return rule;
  });
}

/** Returns the error of an option's text, or an empty text. */
export function problemOf(option, text) {
  try {
    if (option.to && text !== "") {
      option.to(text);
    }
    return "";
  } catch (error) {
    return error.message;
  }
}
