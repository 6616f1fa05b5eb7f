import { del, get, post } from "../core/api.js";

const LOOK_MILLIS = 700;

/** The server's trainings, newest first, and the selected one with its losses and samples; fires `change`. */
class Trainings extends EventTarget {
  #all = [];
  #looking = false;
  #looks = 0;
  #latest = 0;
  shown = null;
  error = "";

  list() {
    return this.#all;
  }

  /** Starts a training. */
  async start(request) {
    return this.#noted(await post("api/trainings", request));
  }

  /** Resumes a cancelled training. */
  async resume(id) {
    return this.#noted(await post(`api/trainings/${id}/resume`));
  }

  /** Cancels a training, or forgets one that has ended. */
  async stop(id, keep = false) {
    await del(`api/trainings/${id}${keep ? "?keep=true" : ""}`);
    await this.look(this.shown?.id);
  }

  #noted(training) {
    this.#all = [training, ...this.#all];
    return training;
  }

  /** Selects a training by id, or the newest, and polls it as long as `wanted()`. */
  async watch(idOf, wanted) {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    try {
      while (wanted()) {
        await this.look(idOf());
        await new Promise((done) => setTimeout(done, LOOK_MILLIS));
      }
    } finally {
      this.#looking = false;
    }
  }

  /** Ignores a response that a later one has overtaken, because it is outdated. */
  async look(id) {
    const mine = ++this.#looks;
    const seen = await this.#seen(id);
    if (mine > this.#latest) {
      this.#latest = mine;
      this.#all = seen.all ?? this.#all;
      this.shown = seen.shown === undefined ? this.shown : seen.shown;
      this.error = seen.error ?? "";
      this.dispatchEvent(new Event("change"));
    }
  }

  async #seen(id) {
    try {
      const all = (await get("api/trainings")).trainings;
      const one = all.find((training) => training.id === id) ?? all[0];
      return { all, shown: one ? await get(`api/trainings/${one.id}`) : null };
    } catch (error) {
      return { error: error.message };
    }
  }
}

export const trainings = new Trainings();
