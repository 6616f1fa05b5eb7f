package dev.sdlora.server.store;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.server.job.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The claims of servers to jobs. A server claims a job for a while and renews the claim while it
 * draws; a claim that is not renewed falls to another server. Safe for use by several threads.
 *
 * @param database the database of the jobs
 */
record Claims(Database database) {
  /** A claim that is not renewed for this long falls to another server. */
  static final Duration LEASE = Duration.ofSeconds(20);

  /** A job may wait this long for a server that has its LoRAs applied. */
  static final Duration PREFERENCE = Duration.ofSeconds(20);

  /** The number of servers that may begin a job; it fails if the last one stops, too. */
  static final int ATTEMPTS = 3;

  private static final String HELD = "id = ? AND worker = ? AND attempts = ? AND state = 'running'";

  /**
   * Claims the next job: jobs that waited for long first, then those with the same LoRAs, then in
   * order. Jobs whose server stopped come up again, and fail after the last attempt.
   *
   * @param worker the name of this server
   * @param model the checkpoint of this server
   * @param affinity the LoRAs that are applied
   */
  Optional<StoredJob.Claim> claim(String worker, String model, String affinity) {
    return database.within(
        session -> {
          session.update(
              "UPDATE sd_jobs SET state = 'failed', ended = "
                  + JobStore.NOW
                  + ", report = ? WHERE state = 'running' AND lease < "
                  + JobStore.NOW
                  + " AND attempts >= ?",
              JobReport.failed(
                      "the server stopped %s times while it drew this job".formatted(ATTEMPTS))
                  .json(),
              ATTEMPTS);
          List<StoredJob.Claim> next =
              session.query(
                  row -> new StoredJob.Claim(row.getString(1), row.getInt(2) + 1, row.getString(3)),
                  "SELECT id, attempts, body FROM sd_jobs WHERE model = ? AND NOT cancelling AND"
                      + " (state = 'waiting' OR (state = 'running' AND lease < "
                      + JobStore.NOW
                      + ")) ORDER BY CASE WHEN created < "
                      + JobStore.NOW
                      + " - ? THEN 0 WHEN affinity = ? THEN 1 ELSE 2 END, place, number"
                      + " LIMIT 1"
                      + " FOR UPDATE SKIP LOCKED",
                  model,
                  PREFERENCE.toMillis(),
                  affinity);
          for (StoredJob.Claim claim : next) {
            session.update(
                "UPDATE sd_jobs SET state = 'running', worker = ?, attempts = ?, lease = "
                    + JobStore.NOW
                    + " + ?, report = ? WHERE id = ?",
                worker,
                claim.attempt(),
                LEASE.toMillis(),
                JobReport.NOTHING.json(),
                claim.id());
            session.update("DELETE FROM sd_images WHERE job = ?", claim.id());
          }
          return next.stream().findFirst();
        });
  }

  /** The state of a claim that a server renews. */
  enum Renewal {
    /** The job is still its own. */
    HELD,
    /** A client has cancelled the job. */
    CANCELLED,
    /** Another server has it, or it was deleted. */
    LOST
  }

  /** Renews a claim and tells the progress, with a preview if there is a new one. */
  Renewal renew(String worker, StoredJob.Claim claim, JobReport report, Optional<byte[]> preview) {
    return database.within(
        session -> {
          int held =
              session.update(
                  "UPDATE sd_jobs SET lease = "
                      + JobStore.NOW
                      + " + ?, report = ?, preview = COALESCE(?, preview) WHERE "
                      + HELD,
                  LEASE.toMillis(),
                  report.json(),
                  preview.orElse(null),
                  claim.id(),
                  worker,
                  claim.attempt());
          if (held == 0) {
            return Renewal.LOST;
          }
          boolean cancelling =
              session
                  .query(
                      row -> row.getBoolean(1),
                      "SELECT cancelling FROM sd_jobs WHERE id = ?",
                      claim.id())
                  .contains(true);
          return cancelling ? Renewal.CANCELLED : Renewal.HELD;
        });
  }

  /**
   * Ends a claimed job.
   *
   * @return whether the claim was still held; otherwise nothing changes
   */
  boolean end(
      String worker,
      StoredJob.Claim claim,
      JobState state,
      JobReport report,
      List<GeneratedImage> images) {
    return database.within(
        session -> {
          int held =
              session.update(
                  "UPDATE sd_jobs SET state = ?, ended = "
                      + JobStore.NOW
                      + ", report = ?, preview = NULL WHERE "
                      + HELD,
                  state.label(),
                  report.json(),
                  claim.id(),
                  worker,
                  claim.attempt());
          for (int i = 0; held > 0 && i < images.size(); i++) {
            GeneratedImage image = images.get(i);
            session.update(
                "INSERT INTO sd_images (job, number, seed, infotext, png) VALUES (?, ?, ?, ?, ?)",
                claim.id(),
                i,
                image.seed(),
                image.infotext(),
                image.png());
          }
          return held > 0;
        });
  }

  /** Gives a claim back, so that another server can draw the job at once. */
  void giveBack(String worker, StoredJob.Claim claim) {
    database.within(
        session ->
            session.update(
                "UPDATE sd_jobs SET state = 'waiting', worker = NULL, lease = NULL, attempts ="
                    + " attempts - 1 WHERE "
                    + HELD,
                claim.id(),
                worker,
                claim.attempt()));
  }
}
