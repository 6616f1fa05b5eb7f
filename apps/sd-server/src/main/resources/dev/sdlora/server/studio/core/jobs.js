import { del, post } from "./api.js";

const RETRY_MILLIS = 2000;
const HIDDEN_MILLIS = 60_000;

/**
 * The server's jobs, the newest first, as one stream of events tells them; a connection that breaks
 * is made anew, and begins with everything. Events: `change`; `preview` with the job's `id`;
 * `connection` when `connected` is another.
 */
class Jobs extends EventTarget {
  #jobs = [];
  #previews = new Map();
  #stream = null;
  #timer = 0;
  connected = true;

  /** All that the server keeps. */
  list() {
    return this.#jobs;
  }

  find(id) {
    return this.#jobs.find((job) => job.id === id);
  }

  /** The address of the latest look at what a job draws, if there is one. */
  preview(id) {
    return this.#previews.get(id);
  }

  /** Asks for pictures. */
  async submit(request) {
    const job = await post("api/jobs", request);
    // The stream may have told of it already, and of more: a job that cannot be drawn fails at once.
    if (!this.find(job.id)) {
      this.#put(job);
    }
    return job;
  }

  /** Ends a job; one that has ended is forgotten. */
  cancel(id) {
    return del(`api/jobs/${encodeURIComponent(id)}`);
  }

  /** Leaves the picture under way out. */
  skip(id) {
    return post(`api/jobs/${encodeURIComponent(id)}/skip`);
  }

  /** Puts a job that waits elsewhere in the queue; 1 is next. */
  move(id, place) {
    return post(`api/jobs/${encodeURIComponent(id)}/move`, { place });
  }

  /** Keeps up with the server. A page that nobody sees does without, as browsers have few connections. */
  watch() {
    if (this.#stream === null) {
      document.addEventListener("visibilitychange", () => this.#seen());
      this.#open();
    }
  }

  #seen() {
    clearTimeout(this.#timer);
    if (document.hidden) {
      this.#timer = setTimeout(() => this.#stream.close(), HIDDEN_MILLIS);
    } else if (this.#stream.readyState === EventSource.CLOSED) {
      this.#open();
    }
  }

  #open() {
    const stream = new EventSource("api/events");
    this.#stream = stream;
    const on = (name, take) => stream.addEventListener(name, (event) => take(JSON.parse(event.data)));
    on("jobs", ({ jobs }) => {
      this.#jobs = jobs;
      this.#connect(true);
      this.#changed();
    });
    on("job", (job) => this.#put(job));
    on("preview", ({ id, image }) => {
      this.#previews.set(id, image);
      this.dispatchEvent(Object.assign(new Event("preview"), { id }));
    });
    on("removed", ({ id }) => {
      this.#jobs = this.#jobs.filter((job) => job.id !== id);
      this.#changed();
    });
    stream.addEventListener("error", () => {
      this.#connect(false);
      if (stream.readyState === EventSource.CLOSED) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#open(), RETRY_MILLIS);
      }
    });
  }

  #connect(connected) {
    if (connected !== this.connected) {
      this.connected = connected;
      this.dispatchEvent(new Event("connection"));
    }
  }

  #put(job) {
    const at = this.#jobs.findIndex((other) => other.id === job.id);
    this.#jobs = at < 0 ? [job, ...this.#jobs] : this.#jobs.with(at, job);
    this.#changed();
  }

  #changed() {
    for (const id of this.#previews.keys()) {
      if (!isUnfinished(this.find(id) ?? {})) {
        this.#previews.delete(id);
      }
    }
    this.dispatchEvent(new Event("change"));
  }
}

/** Whether a job waits or runs. */
export function isUnfinished(job) {
  return job.state === "waiting" || job.state === "running";
}

/** Where a picture of a job is; paths are relative, as the page may be behind a prefix. */
export function pathOf(image) {
  return image.url.replace(/^\//, "");
}

export const jobs = new Jobs();
