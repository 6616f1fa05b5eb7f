import { latest, post } from "../core/api.js";
import { settings } from "../core/settings.js";

/** So long after the last key, in milliseconds, the server is asked. */
const PATIENCE = 120;

const FIELDS = ["prompt", "negative_prompt", "steps", "sampler_name", "enable_hr", "hr_second_pass_steps"];

/** How the server reads the prompts that are being written; `change` tells that it read them anew. */
class Reading extends EventTarget {
  #answers = {};
  #timer = 0;
  #started = false;
  #ask = latest((signal, body) => post("api/prompt", body, { signal }));
  error = "";

  /** Begins to follow the request; has to be called once the model is known. */
  start() {
    if (this.#started) {
      return;
    }
    this.#started = true;
    settings.addEventListener("change", (event) => {
      if (event.names.some((name) => FIELDS.includes(name))) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#read(), PATIENCE);
      }
    });
    this.#read();
  }

  /** What was read of a field, with the `text` that it was; null before the first answer. */
  of(name) {
    return this.#answers[name] ?? null;
  }

  /** The LoRAs in the prompt, by the names of their files. */
  loras() {
    return new Map((this.of("prompt")?.loras ?? []).map((lora) => [lora.file ?? lora.name, lora]));
  }

  async #read() {
    const body = Object.fromEntries(FIELDS.map((name) => [name, settings.get(name)]));
    try {
      const answer = await this.#ask(body);
      if (answer === null) {
        return;
      }
      this.error = "";
      for (const name of Object.keys(answer)) {
        this.#answers[name] = { ...answer[name], text: body[name] };
      }
    } catch (error) {
      this.error = error.message;
    }
    this.dispatchEvent(new Event("change"));
  }
}

export const reading = new Reading();
