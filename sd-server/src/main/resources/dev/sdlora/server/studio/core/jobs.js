import { del, get, post } from "./api.js";

const LOOK_MILLIS = 400;

/** The server's jobs, the newest first; `change` tells that something is new. */
class Jobs extends EventTarget {
  #jobs = [];
  #looking = false;

  /** All that the server keeps. */
  list() {
    return this.#jobs;
  }

  find(id) {
    return this.#jobs.find((job) => job.id === id);
  }

  /** Asks for pictures. */
  async submit(request) {
    const job = await post("api/jobs", request);
    this.#jobs = [job, ...this.#jobs];
    this.watch();
    return job;
  }

  async cancel(id) {
    await del(`api/jobs/${id}`);
  }

  async skip(id) {
    await post(`api/jobs/${id}/skip`);
  }

  /** Keeps up with the server. */
  async watch() {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    try {
      do {
        this.#jobs = (await get("api/jobs")).jobs;
        this.dispatchEvent(new Event("change"));
        await new Promise((done) => setTimeout(done, LOOK_MILLIS));
      } while (this.#jobs.some(isUnfinished));
    } finally {
      this.#looking = false;
    }
  }
}

/** Whether a job waits or runs. */
export function isUnfinished(job) {
  return job.state === "waiting" || job.state === "running";
}

export const jobs = new Jobs();
