/** A time in words, such as `1:05` or `12 s`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : clock(whole);
}

/** `95` as `1:35`, `3700` as `1:01:40`. */
export function clock(seconds) {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** The progress of a job in a few words. */
export function progressOf(job) {
  if (job.state === "waiting") {
    return job.place === 1 ? "Next in the queue" : `Number ${job.place} in the queue`;
  }
  const parts = [`${Math.floor(job.progress * 100)} %`];
  if (job.steps > 0) {
    parts.push(`step ${job.step} of ${job.steps}`);
  }
  if (job.image_count > 1) {
    parts.push(`image ${job.image + 1} of ${job.image_count}`);
  }
  if (job.seconds_left > 0) {
    parts.push(`${duration(job.seconds_left)} left`);
  }
  return parts.join(" · ");
}

/** The result of a job that has ended. */
export function endOf(job) {
  const count = job.images.length;
  const images = count === 1 ? "1 image" : `${count} images`;
  return {
    done: job.kind === "training" ? `Done in ${duration(job.seconds)}` : `${images} in ${duration(job.seconds)}`,
    cancelled: count > 0 ? `Cancelled after ${images}` : "Cancelled",
    failed: "Failed",
  }[job.state];
}

/** The title of a job: its prompt. */
export function titleOf(job) {
  return job.title.trim() === "" ? "No prompt" : job.title;
}
