/** The delay in milliseconds before pages are fetched, so that fast scrolling fetches none in between. */
const PATIENCE = 40;

/** The number of pages to keep; the oldest are dropped first. */
const KEPT = 200;

/** The items of a long list, fetched in pages on demand; outdated responses are dropped. */
export class PageSource {
  #load;
  #size;
  #changed;
  #refused;
  #pages = new Map();
  #stale = new Set();
  #failed = new Set();
  #loading = new Map();
  #wanted = [];
  #timer = 0;
  total = -1;

  /** Fetches with `load(from, count, signal)`; calls `changed(page)` for each page, or `refused(error)`. */
  constructor(load, size, changed, refused) {
    this.#load = load;
    this.#size = size;
    this.#changed = changed;
    this.#refused = refused;
  }

  item(index) {
    return this.#pages.get(Math.floor(index / this.#size))?.[index % this.#size];
  }

  /** Returns all loaded items, as [index, item]. */
  entries() {
    return [...this.#pages].flatMap(([page, items]) => items.map((item, i) => [page * this.#size + i, item]));
  }

  /** Drops everything, because the items are different now. */
  reset() {
    this.stop();
    this.#pages.clear();
    this.#stale.clear();
    this.#failed.clear();
    this.total = -1;
  }

  /** Fetches everything again; keeps the current items until then. */
  refresh() {
    this.stop();
    this.#failed.clear();
    this.#stale = new Set(this.#pages.keys());
  }

  /** Fetches the pages of these items after a delay, and no others. */
  want(first, last) {
    const end = this.total < 0 ? 0 : Math.min(last, this.total - 1);
    this.#wanted = [];
    for (let page = Math.floor(Math.max(0, first) / this.#size); page * this.#size <= end; page++) {
      this.#wanted.push(page);
    }
    if (this.total === 0 && this.#stale.size > 0) {
      this.#wanted.push(0);
    }
    for (const [page, controller] of this.#loading) {
      if (!this.#wanted.includes(page)) {
        controller.abort();
        this.#loading.delete(page);
      }
    }
    if (!this.#timer) {
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        this.#wanted.filter((page) => this.#isMissing(page)).forEach((page) => this.#fetch(page));
      }, this.total < 0 ? 0 : PATIENCE);
    }
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#loading.forEach((controller) => controller.abort());
    this.#loading.clear();
  }

  #isMissing(page) {
    const there = this.#pages.has(page) && !this.#stale.has(page);
    return !there && !this.#loading.has(page) && !this.#failed.has(page);
  }

  async #fetch(page) {
    const controller = new AbortController();
    this.#loading.set(page, controller);
    try {
      const { total, items } = await this.#load(page * this.#size, this.#size, controller.signal);
      if (controller.signal.aborted) {
        return;
      }
      this.#loading.delete(page);
      this.total = total;
      this.#stale.delete(page);
      this.#pages.delete(page);
      this.#pages.set(page, items);
      for (const old of this.#pages.keys()) {
        if (old * this.#size >= total && old > 0) {
          this.#pages.delete(old);
        } else if (this.#pages.size > KEPT && !this.#wanted.includes(old)) {
          this.#pages.delete(old);
        }
      }
      this.#changed(page);
    } catch (error) {
      if (!controller.signal.aborted) {
        this.#loading.delete(page);
        this.#failed.add(page);
        this.#refused(error);
      }
    }
  }
}
