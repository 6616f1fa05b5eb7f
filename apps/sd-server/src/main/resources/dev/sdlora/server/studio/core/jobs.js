import { del, post } from "./api.js";

const RETRY_MILLIS = 2000;
const HIDDEN_MILLIS = 60_000;

/**
 * The server's jobs, newest first, kept up to date by one event stream; a broken connection is
 * reopened and begins with the full state. Events: `change`; `preview` with the job's `id`;
 * `connection` when `connected` changes.
 */
class Jobs extends EventTarget {
  #jobs = [];
  #previews = new Map();
  #stream = null;
  #timer = 0;
  connected = true;

  /** Returns all jobs that the server keeps. */
  list() {
    return this.#jobs;
  }

  find(id) {
    return this.#jobs.find((job) => job.id === id);
  }

  /** Returns the URL of a job's latest preview, if there is one. */
  preview(id) {
    return this.#previews.get(id);
  }

  /** Submits a request for images. */
  async submit(request) {
    const job = await post("api/jobs", request);
    // The stream may already have a newer state, because invalid jobs fail immediately.
    if (!this.find(job.id)) {
      this.#put(job);
    }
    return job;
  }

  /** Ends a job and keeps its current image as far as it is drawn. */
  interrupt(id) {
    return post(`api/jobs/${encodeURIComponent(id)}/interrupt`);
  }

  /** Cancels a job; forgets one that has ended. */
  cancel(id) {
    return del(`api/jobs/${encodeURIComponent(id)}`);
  }

  /** Skips the current image. */
  skip(id) {
    return post(`api/jobs/${encodeURIComponent(id)}/skip`);
  }

  /** Moves a waiting job to a place in the queue; 1 is next. */
  move(id, place) {
    return post(`api/jobs/${encodeURIComponent(id)}/move`, { place });
  }

  /** Follows the server's events. Hidden pages disconnect, because browsers allow few connections. */
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

/** Whether a job is waiting or running. */
export function isUnfinished(job) {
  return job.state === "waiting" || job.state === "running";
}

/** Returns the URL of a job's image; it is relative, because the page may be behind a proxy's prefix. */
export function pathOf(image) {
  return image.url.replace(/^\//, "");
}

/** Returns the URL of the thumbnail of a job's image, to which the signature of the image does not belong. */
export function thumbnailOf(image) {
  return `${pathOf(image).replace(/\?.*/, "")}/thumbnail`;
}

export const jobs = new Jobs();
