package dev.sdlora.server.job.store;

import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobLife;
import dev.sdlora.server.job.JobLives;
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
public record Claims(Database database) {
  /**
   * A server prefers a job of the checkpoint that it holds, with the LoRAs that it applied, to one
   * that came this long before.
   */
  static final Duration PREFERENCE = Duration.ofSeconds(20);

  /** The part of it for the checkpoint, which takes longer to change than LoRAs. */
  private static final Duration CHECKPOINT = Duration.ofSeconds(15);

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

  /** Leaves the jobs that a server has handed back to others, while there are any. */
  private static final String ELSEWHERE =
      "(avoided IS NULL OR avoided NOT LIKE ? OR NOT EXISTS (SELECT 1 FROM sd_workers other WHERE"
          + " other.any_model AND other.reason = '' AND other.heartbeat > "
          + Database.NOW
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
  public record Criteria(
      Optional<List<String>> models, String model, String affinity, Optional<List<String>> only) {}

  /**
   * Claims the next job by priority and age, where the checkpoint that the server holds counts as
   * {@link #CHECKPOINT} of waiting, and the same LoRAs with it as {@link #PREFERENCE}. Jobs whose
   * server stopped come up again, and fail after the last attempt.
   *
   * @param worker the name of this server
   */
  public Optional<StoredJob.Claim> claim(String worker, Criteria criteria) {
    return database.within(
        session -> {
          LifeRows lives = new LifeRows(session);
          lives.settleAll();
          Optional<Free> next = next(session, worker, criteria);
          if (next.isEmpty()) {
            return Optional.<StoredJob.Claim>empty();
          }
          StoredJob.Claim claim = next.get().claim();
          JobLife life = lives.claim(claim.id(), next.get().now(), worker);
          lives.report(claim.id(), JobReport.NOTHING);
          session.update("UPDATE sd_jobs SET ask = NULL WHERE id = ?", claim.id());
          // A server may have given it back without counting the attempt.
          session.update("DELETE FROM sd_images WHERE job = ?", claim.id());
          session.update("DELETE FROM sd_parts WHERE job = ?", claim.id());
          return Optional.of(claim.of(life.attempt()));
        });
  }

  /** A job that a server may claim. */
  private record Free(StoredJob.Claim claim, JobLives.Now now) {}

  private static Optional<Free> next(Database.Session session, String worker, Criteria criteria)
      throws SQLException {
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
    List<Free> found =
        session.query(
            row -> new Free(StoredJob.claim(row), LifeRows.now(row)),
            "SELECT id, kind, body, form, affinity, model, files, "
                + LifeRows.COLUMNS
                + " FROM sd_jobs job WHERE "
                + which
                + "NOT cancelling AND state IN ('waiting', 'running') AND COALESCE(lease, 0) < "
                + Database.NOW
                + " ORDER BY place - CASE WHEN "
                + OUT_OF_TURN
                + " THEN 0 WHEN model = ? AND affinity = ? THEN ? WHEN model = ? THEN ?"
                + " ELSE 0 END, number LIMIT 1 FOR UPDATE SKIP LOCKED",
            values.toArray());
    return found.stream().filter(free -> free.now().life().isFree(free.now().clock())).findFirst();
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
  public record Renewal(boolean held, boolean cancelled, Optional<String> ask) {
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
  public record Update(
      JobReport report,
      Optional<byte[]> preview,
      List<SavedImage> images,
      List<byte[]> previews,
      List<byte[]> cells,
      int firstCell) {}

  /** Renews a claim and tells the progress. */
  public Renewal renew(String worker, StoredJob.Claim claim, Update update) {
    return database.within(
        session -> {
          session.needNotLast();
          LifeRows lives = new LifeRows(session);
          Optional<JobLife> life = lives.renew(claim.id(), worker, claim.attempt());
          if (life.isEmpty()) {
            return Renewal.LOST;
          }
          lives.report(claim.id(), update.report());
          Optional<String> ask =
              session
                  .query(
                      row -> Optional.ofNullable(row.getString(1)),
                      "SELECT ask FROM sd_jobs WHERE id = ?",
                      claim.id())
                  .get(0);
          if (ask.isPresent() || update.preview().isPresent()) {
            session.update(
                "UPDATE sd_jobs SET ask = NULL, preview = COALESCE(?, preview) WHERE id = ?",
                update.preview().orElse(null),
                claim.id());
          }
          add(session, claim.id(), update);
          return new Renewal(true, life.get().cancelling(), ask);
        });
  }

  private static void add(Database.Session session, String id, Update update) throws SQLException {
    int number = update.report().images() - update.images().size();
    for (SavedImage saved : update.images()) {
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
    add(session, id, StoredJob.Part.PREVIEW, preview, update.previews());
    add(session, id, StoredJob.Part.CELL, update.firstCell(), update.cells());
  }

  private static void add(
      Database.Session session, String id, StoredJob.Part kind, int first, List<byte[]> files)
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
  public boolean end(
      String worker, StoredJob.Claim claim, JobState state, double seconds, Update update) {
    return database.within(
        session -> {
          LifeRows lives = new LifeRows(session);
          if (lives.held(claim.id(), worker, claim.attempt()).isPresent()) {
            add(session, claim.id(), update);
            lives.report(claim.id(), update.report());
            session.update("UPDATE sd_jobs SET seconds = ? WHERE id = ?", seconds, claim.id());
          }
          return lives.end(claim.id(), worker, claim.attempt(), state);
        });
  }

  /**
   * Gives a claim back after a failure; see {@link JobLife#handedBack}.
   *
   * @param fault whether the cause is this server. Then others can take the job at once, and the
   *     attempt does not count
   * @return whether there are attempts left; otherwise nothing changes
   */
  public boolean handBack(String worker, StoredJob.Claim claim, boolean fault) {
    return database.within(
        session -> {
          session.send(Notifications.NEW);
          return new LifeRows(session).handBack(claim.id(), worker, claim.attempt(), fault);
        });
  }

  /** Gives a claim back, so that another server can draw the job at once. */
  public void giveBack(String worker, StoredJob.Claim claim) {
    database.within(session -> new LifeRows(session).giveBack(claim.id(), worker, claim.attempt()));
  }

  /**
   * Cancels a job: at once if no server draws it, otherwise when its server renews the claim.
   *
   * @return whether it has ended because of this
   */
  boolean cancel(String id) {
    return database.within(
        session -> {
          session.send(Notifications.ASK);
          return new LifeRows(session).cancel(id);
        });
  }

  /** Ends the unfinished jobs of other checkpoints, which no server will draw. */
  public void failOthers(List<String> models) {
    List<@Nullable Object> values = new ArrayList<>();
    StringBuilder ours = new StringBuilder();
    among("model", models, ours, values);
    database.within(
        session -> {
          List<String[]> others =
              session.query(
                  row -> new String[] {row.getString(1), row.getString(2)},
                  "SELECT id, model FROM sd_jobs WHERE NOT ("
                      + ours
                      + "TRUE) AND state IN ('waiting', 'running')",
                  values.toArray());
          for (String[] other : others) {
            String error =
                "the job was for checkpoint '%s', but the server has '%s'"
                    .formatted(other[1], String.join("', '", models));
            LifeRows lives = new LifeRows(session);
            JobLife life = lives.find(other[0]).orElseThrow().life();
            lives.report(other[0], JobReport.NOTHING.withError(error));
            lives.write(other[0], life.ended(JobState.FAILED));
          }
          return others.size();
        });
  }
}
