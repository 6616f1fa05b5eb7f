import { del, get, post } from "../core/api.js";

const LOOK_MILLIS = 700;

/** The server's trainings, the newest first, the one that is looked at with its losses and samples; `change` tells of news. */
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

  /** Begins one. */
  async start(request) {
    return this.#noted(await post("api/trainings", request));
  }

  /** Goes on with one that was cancelled. */
  async resume(id) {
    return this.#noted(await post(`api/trainings/${id}/resume`));
  }

  /** Ends one, or forgets one that is over. */
  async stop(id, keep = false) {
    await del(`api/trainings/${id}${keep ? "?keep=true" : ""}`);
    await this.look(this.shown?.id);
  }

  #noted(training) {
    this.#all = [training, ...this.#all];
    return training;
  }

  /** Looks at the one of an id, or the newest, and keeps looking as long as `wanted()`. */
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

  /** A look that is overtaken by a later one shows nothing: it would bring back what was before. */
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
