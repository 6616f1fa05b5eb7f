import { latest, post } from "../core/api.js";
import { settings } from "../core/settings.js";

/** The delay after the last key before the server reads the prompts, in milliseconds. */
const PATIENCE = 120;

const FIELDS = ["checkpoint", "prompt", "negative_prompt", "steps", "sampler_name", "enable_hr", "hr_second_pass_steps"];

/** The server's interpretation of the current prompts; fires `change` after each update. */
class Reading extends EventTarget {
  #answers = {};
  #timer = 0;
  #started = false;
  #ask = latest((signal, body) => post("api/prompt", body, { signal }));
  error = "";

  /** Starts following the request; call once the model is known. */
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

  /** The interpretation of a field, with the `text` that it belongs to; null before the first response. */
  of(name) {
    return this.#answers[name] ?? null;
  }

  /** The LoRAs in the prompt, by file name. */
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
