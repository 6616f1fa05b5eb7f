package dev.sdlora.server.store;

import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claims of servers to jobs. A server claims a job for a while and renews the claim while it
 * draws; a claim that is not renewed falls to another server. Safe for use by several threads.
 *
 * @param database the database of the jobs
 */
record Claims(Database database) {
  /** A claim that is not renewed for this long falls to another server. */
  static final Duration LEASE = Duration.ofSeconds(20);

  /**
   * A server prefers a job of the checkpoint that it holds, with the LoRAs that it applied, to one
   * that came this long before.
   */
  static final Duration PREFERENCE = Duration.ofSeconds(20);

  /** The part of it for the checkpoint, which takes longer to change than LoRAs. */
  private static final Duration CHECKPOINT = Duration.ofSeconds(15);

  /** The number of servers that may begin a job; it fails if the last one stops, too. */
  static final int ATTEMPTS = 3;

  /** The time after a failed attempt until the next, times the number of attempts. */
  static final Duration RETRY = Duration.ofSeconds(2);

  /**
   * Whether a job would overtake that of another API key although its own key has a job in front of
   * it: the preference of a server does not break the round robin over keys.
   */
  private static final String OUT_OF_TURN =
      "EXISTS (SELECT 1 FROM sd_jobs other WHERE other.state = 'waiting' AND other.priority ="
          + " job.priority AND other.place < job.place AND other.owner IS DISTINCT FROM job.owner)"
          + " AND EXISTS (SELECT 1 FROM sd_jobs own WHERE own.state IN ('waiting', 'running') AND"
          + " own.priority = job.priority AND own.place < job.place AND own.owner IS NOT DISTINCT"
          + " FROM job.owner)";

  private static final String HELD = "id = ? AND worker = ? AND attempts = ? AND state = 'running'";

  /** Leaves the jobs that a server has handed back to others, while there are any. */
  private static final String ELSEWHERE =
      "(avoided IS NULL OR avoided NOT LIKE ? OR NOT EXISTS (SELECT 1 FROM sd_workers other WHERE"
          + " other.any_model AND other.reason = '' AND other.heartbeat > "
          + JobStore.NOW
          + " - ? AND avoided NOT LIKE '%' || other.name || '%')) AND ";

  private static String like(String worker) {
    return "%" + worker + "%";
  }

  /**
   * The jobs that a server can draw, and those that it would rather draw.
   *
   * @param models the names of its checkpoints; empty if it gets any that it lacks
   * @param model the checkpoint that it holds in memory
   * @param affinity the LoRAs that are applied
   * @param only the ids of the only jobs that it draws; empty for all
   */
  record Criteria(
      Optional<List<String>> models, String model, String affinity, Optional<List<String>> only) {}

  /**
   * Claims the next job by priority and age, where the checkpoint that the server holds counts as
   * {@link #CHECKPOINT} of waiting, and the same LoRAs with it as {@link #PREFERENCE}. Jobs whose
   * server stopped come up again, and fail after the last attempt.
   *
   * @param worker the name of this server
   */
  Optional<StoredJob.Claim> claim(String worker, Criteria criteria) {
    return database.within(
        session -> {
          endCancelled(session);
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
          List<StoredJob.Claim> next = next(session, worker, criteria);
          for (StoredJob.Claim claim : next) {
            session.update(
                "UPDATE sd_jobs SET state = 'running', worker = ?, attempts = ?, lease = "
                    + JobStore.NOW
                    + " + ?, report = ?, ask = NULL WHERE id = ?",
                worker,
                claim.attempt(),
                LEASE.toMillis(),
                JobReport.NOTHING.json(),
                claim.id());
            if (claim.attempt() > 1) {
              session.update("DELETE FROM sd_images WHERE job = ?", claim.id());
              session.update("DELETE FROM sd_parts WHERE job = ?", claim.id());
            }
          }
          return next.stream().findFirst();
        });
  }

  private static List<StoredJob.Claim> next(
      Database.Session session, String worker, Criteria criteria) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    StringBuilder which = new StringBuilder();
    if (criteria.models().isPresent()) {
      among("model", criteria.models().get(), which, values);
    } else {
      which.append("files IS NOT NULL AND ");
    }
    criteria.only().ifPresent(ids -> among("id", ids, which, values));
    which.append(ELSEWHERE);
    Collections.addAll(values, like(worker), Workers.ALIVE.toMillis());
    Collections.addAll(
        values,
        criteria.model(),
        criteria.affinity(),
        PREFERENCE.toMillis(),
        criteria.model(),
        CHECKPOINT.toMillis());
    return session.query(
        row ->
            new StoredJob.Claim(
                row.getString(1),
                row.getInt(2) + 1,
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                new ModelProvider.Needs(row.getString(7), Optional.ofNullable(row.getString(8)))),
        "SELECT id, attempts, kind, body, form, affinity, model, files FROM sd_jobs job WHERE "
            + which
            + "NOT cancelling AND state IN ('waiting', 'running') AND COALESCE(lease, 0) < "
            + JobStore.NOW
            + " ORDER BY place - CASE WHEN "
            + OUT_OF_TURN
            + " THEN 0 WHEN model = ? AND affinity = ? THEN ? WHEN model = ? THEN ?"
            + " ELSE 0 END, number LIMIT 1 FOR UPDATE SKIP LOCKED",
        values.toArray());
  }

  private static void among(
      String column, List<String> names, StringBuilder which, List<@Nullable Object> values) {
    String marks = String.join(", ", Collections.nCopies(Math.max(1, names.size()), "?"));
    which.append(column).append(" IN (").append(marks).append(") AND ");
    values.addAll(names.isEmpty() ? List.of("") : names);
  }

  /**
   * The state of a claim that a server renews.
   *
   * @param held whether the job is still its own; otherwise another server has it, or it was
   *     deleted
   * @param cancelled whether a client has cancelled the job
   * @param ask a wish of a client
   */
  record Renewal(boolean held, boolean cancelled, Optional<String> ask) {
    static final Renewal LOST = new Renewal(false, false, Optional.empty());
  }

  /**
   * The progress and new images of a job while a server draws it.
   *
   * @param report the progress
   * @param preview the latest preview, if it is new
   * @param images new finished images, the last of those that the report counts
   * @param previews new previews to keep, the last of those that the report counts
   * @param cells new finished cells of a grid
   * @param firstCell the number of the first of them
   */
  record Update(
      JobReport report,
      Optional<byte[]> preview,
      List<SavedImages.Saved> images,
      List<byte[]> previews,
      List<byte[]> cells,
      int firstCell) {}

  /** Renews a claim and tells the progress. */
  Renewal renew(String worker, StoredJob.Claim claim, Update update) {
    return database.within(
        session -> {
          session.needNotLast();
          int held =
              session.update(
                  "UPDATE sd_jobs SET lease = "
                      + JobStore.NOW
                      + " + ?, report = ?, preview = COALESCE(?, preview) WHERE "
                      + HELD,
                  LEASE.toMillis(),
                  update.report().json(),
                  update.preview().orElse(null),
                  claim.id(),
                  worker,
                  claim.attempt());
          if (held == 0) {
            return Renewal.LOST;
          }
          add(session, claim.id(), update);
          Renewal renewal =
              session
                  .query(
                      row ->
                          new Renewal(
                              true, row.getBoolean(1), Optional.ofNullable(row.getString(2))),
                      "SELECT cancelling, ask FROM sd_jobs WHERE id = ?",
                      claim.id())
                  .get(0);
          if (renewal.ask().isPresent()) {
            session.update("UPDATE sd_jobs SET ask = NULL WHERE id = ?", claim.id());
          }
          return renewal;
        });
  }

  private static void add(Database.Session session, String id, Update update) throws SQLException {
    int number = update.report().images() - update.images().size();
    for (SavedImages.Saved saved : update.images()) {
      JobImage image = saved.image();
      session.update(
          "INSERT INTO sd_images (job, number, seed, infotext, png, result, width, height) VALUES"
              + " (?, ?, ?, ?, ?, ?, ?, ?)",
          id,
          number++,
          image.seed(),
          image.infotext(),
          saved.png().orElse(null),
          saved.key().orElse(null),
          image.width(),
          image.height());
    }
    int preview = update.report().previews() - update.previews().size();
    add(session, id, JobStore.Part.PREVIEW, preview, update.previews());
    add(session, id, JobStore.Part.CELL, update.firstCell(), update.cells());
  }

  private static void add(
      Database.Session session, String id, JobStore.Part kind, int first, List<byte[]> files)
      throws SQLException {
    for (int i = 0; i < files.size(); i++) {
      session.update(
          "INSERT INTO sd_parts (job, kind, number, png) VALUES (?, ?, ?, ?)",
          id,
          kind.label(),
          first + i,
          files.get(i));
    }
  }

  /**
   * Ends a claimed job.
   *
   * @param seconds the time that it ran
   * @return whether the claim was still held; otherwise nothing changes
   */
  boolean end(String worker, StoredJob.Claim claim, JobState state, double seconds, Update update) {
    return database.within(
        session -> {
          int held =
              session.update(
                  "UPDATE sd_jobs SET state = ?, ended = "
                      + JobStore.NOW
                      + ", seconds = ?, report = ?, preview = NULL WHERE "
                      + HELD,
                  state.label(),
                  seconds,
                  update.report().json(),
                  claim.id(),
                  worker,
                  claim.attempt());
          if (held > 0 && state != JobState.DONE) {
            StoredUsage.takeBack(session, claim.id(), update.report().begun());
          }
          if (held > 0) {
            add(session, claim.id(), update);
            session.send(Notifications.END);
          }
          return held > 0;
        });
  }

  /**
   * Gives a claim back after a failure that another server may not have. This server gets the job
   * again only if no other can take it.
   *
   * @param fault whether the cause is this server. Then others can take the job at once, and the
   *     attempt does not count
   * @return whether there are attempts left; otherwise nothing changes
   */
  boolean handBack(String worker, StoredJob.Claim claim, boolean fault) {
    if (!fault && claim.attempt() >= ATTEMPTS) {
      return false;
    }
    database.within(
        session -> {
          session.send(Notifications.NEW);
          session.update(
              "UPDATE sd_jobs SET state = 'waiting', worker = NULL, attempts = ?, lease = "
                  + JobStore.NOW
                  + " + ?, avoided = CASE WHEN avoided LIKE ? THEN avoided ELSE"
                  + " COALESCE(avoided, '') || ? END WHERE "
                  + HELD,
              claim.attempt() - (fault ? 1 : 0),
              fault ? -1 : RETRY.toMillis() * claim.attempt(),
              like(worker),
              worker + " ",
              claim.id(),
              worker,
              claim.attempt());
          return endCancelled(session);
        });
    return true;
  }

  /** Gives a claim back, so that another server can draw the job at once. */
  void giveBack(String worker, StoredJob.Claim claim) {
    database.within(
        session -> {
          session.update(
              "UPDATE sd_jobs SET state = 'waiting', worker = NULL, lease = NULL, attempts ="
                  + " attempts - 1 WHERE "
                  + HELD,
              claim.id(),
              worker,
              claim.attempt());
          return endCancelled(session);
        });
  }

  /**
   * Ends the cancelled jobs that no server draws: those that wait, those whose server handed them
   * back before it knew, and those whose server stopped.
   *
   * @return the ids of the jobs
   */
  static List<String> endCancelled(Database.Session session) throws SQLException {
    List<String> ids = new ArrayList<>();
    for (StoredJob.Status job : JobStore.left(session)) {
      ids.add(job.id());
      StoredUsage.takeBack(session, job.id(), JobReport.parse(job.report()).begun());
      session.update(
          "UPDATE sd_jobs SET state = 'cancelled', preview = NULL, ended = "
              + JobStore.NOW
              + " WHERE id = ?",
          job.id());
    }
    if (!ids.isEmpty()) {
      session.send(Notifications.END);
    }
    return ids;
  }
}
