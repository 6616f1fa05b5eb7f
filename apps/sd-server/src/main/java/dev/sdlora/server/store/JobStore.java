package dev.sdlora.server.store;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import dev.sdlora.server.job.JobState;
import java.io.ByteArrayInputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The jobs of one or several servers in a database: H2 in a folder, or PostgreSQL. A server claims
 * a job for a while and renews the claim while it draws; a claim that is not renewed falls to
 * another server. All times are those of the database's clock. Safe for use by several threads.
 */
final class JobStore implements AutoCloseable {
  /** A claim that is not renewed for this long falls to another server. */
  static final Duration LEASE = Duration.ofSeconds(20);

  /** A job may wait this long for a server that has its LoRAs applied. */
  static final Duration PREFERENCE = Duration.ofSeconds(20);

  /** The number of servers that may begin a job; it fails if the last one stops, too. */
  static final int ATTEMPTS = 3;

  private static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
  private static final String UNFINISHED = "state IN ('waiting', 'running')";
  private static final String ROW =
      "SELECT id, kind, title, parts, settings, state, place, created, worker, report FROM sd_jobs"
          + " ";

  private final Database database;

  /**
   * Opens the jobs and creates their tables if they do not exist.
   *
   * @param place a folder, or the address of a PostgreSQL database
   * @throws StoreException if the database cannot be opened
   */
  static JobStore open(String place) {
    Database database = Database.open(place);
    try {
      JobStore store = new JobStore(database);
      store.create();
      return store;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private JobStore(Database database) {
    this.database = database;
  }

  private void create() {
    database.within(
        session -> {
          session.update(
              "CREATE TABLE IF NOT EXISTS sd_jobs (id VARCHAR(100) PRIMARY KEY, number BIGINT"
                  + " GENERATED ALWAYS AS IDENTITY,"
                  + " model VARCHAR(300) NOT NULL,"
                  + " affinity VARCHAR(1000) NOT NULL, kind VARCHAR(20) NOT NULL,"
                  + " title TEXT NOT NULL, parts INT NOT NULL, settings TEXT NOT NULL, body TEXT"
                  + " NOT NULL, state VARCHAR(10) NOT NULL, place DOUBLE PRECISION NOT NULL,"
                  + " created BIGINT NOT NULL, ended BIGINT, worker VARCHAR(100), lease BIGINT,"
                  + " attempts INT NOT NULL, cancelling BOOLEAN NOT NULL, report TEXT NOT NULL,"
                  + " preview "
                  + database.bytes()
                  + ")");
          session.update(
              "CREATE TABLE IF NOT EXISTS sd_images (job VARCHAR(100) NOT NULL REFERENCES"
                  + " sd_jobs(id) ON DELETE CASCADE, number INT NOT NULL, seed BIGINT NOT NULL,"
                  + " infotext TEXT NOT NULL, png "
                  + database.bytes()
                  + " NOT NULL, PRIMARY KEY (job, number))");
          session.update("CREATE INDEX IF NOT EXISTS sd_jobs_state ON sd_jobs (state, place)");
          if (database.isEmbedded()) { // The process that claimed them is gone.
            session.update("UPDATE sd_jobs SET lease = 0 WHERE state = 'running'");
          }
          return 0;
        });
  }

  /** Whether no other server can use the database. */
  boolean isEmbedded() {
    return database.isEmbedded();
  }

  /** Returns the job with an id. */
  Optional<StoredJob> find(String id) {
    return database
        .within(session -> session.query(JobStore::job, ROW + "WHERE id = ?", id))
        .stream()
        .findFirst();
  }

  /** Adds a job as the last of those that wait. */
  void add(StoredJob.Draft draft) {
    database.within(
        session ->
            session.update(
                "INSERT INTO sd_jobs (id, model, affinity, kind, title, parts,"
                    + " settings, body, state, place, created, attempts, cancelling, report)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', "
                    + NOW
                    + ", ?, 0, FALSE, ?)",
                draft.id(),
                draft.model(),
                draft.affinity(),
                draft.kind(),
                draft.title(),
                draft.parts(),
                draft.settings(),
                draft.body(),
                draft.created(),
                JobReport.NOTHING.json()));
  }

  /** Ends the unfinished jobs of other checkpoints, which no server will draw. */
  void failOthers(String model) {
    String error = "the job was for checkpoint '%s', but the server has '%s'";
    database.within(
        session -> {
          List<String[]> others =
              session.query(
                  row -> new String[] {row.getString(1), row.getString(2)},
                  "SELECT id, model FROM sd_jobs WHERE model <> ? AND " + UNFINISHED,
                  model);
          for (String[] other : others) {
            session.update(
                "UPDATE sd_jobs SET state = 'failed', ended = " + NOW + ", report = ? WHERE id = ?",
                JobReport.failed(error.formatted(other[1], model)).json(),
                other[0]);
          }
          return others.size();
        });
  }

  /** Returns all unfinished jobs, in the order in which they will be drawn. */
  List<StoredJob> unfinished() {
    return database.within(
        session ->
            session.query(JobStore::job, ROW + "WHERE " + UNFINISHED + " ORDER BY place, number"));
  }

  /** Returns the last ended jobs, in the order of their ends. */
  List<StoredJob> ended(int most) {
    List<StoredJob> jobs =
        database.within(
            session ->
                session.query(
                    JobStore::job,
                    ROW + "WHERE NOT " + UNFINISHED + " ORDER BY ended DESC LIMIT ?",
                    most));
    return jobs.stream().sorted((a, b) -> Long.compare(a.created(), b.created())).toList();
  }

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
                  + NOW
                  + ", report = ? WHERE state = 'running' AND lease < "
                  + NOW
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
                      + NOW
                      + ")) ORDER BY CASE WHEN created < "
                      + NOW
                      + " - ? THEN 0 WHEN affinity = ? THEN 1 ELSE 2 END, place, number"
                      + " LIMIT 1"
                      + " FOR UPDATE SKIP LOCKED",
                  model,
                  PREFERENCE.toMillis(),
                  affinity);
          for (StoredJob.Claim claim : next) {
            session.update(
                "UPDATE sd_jobs SET state = 'running', worker = ?, attempts = ?, lease = "
                    + NOW
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

  /** What a server learns when it renews a claim. */
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
                      + NOW
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

  private static final String HELD = "id = ? AND worker = ? AND attempts = ? AND state = 'running'";

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
                      + NOW
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

  /** Returns the images of a job, in order. */
  List<GeneratedImage> images(String id) {
    return database.within(
        session ->
            session.query(
                row ->
                    new GeneratedImage(
                        Image.read(new ByteArrayInputStream(row.getBytes(3))),
                        row.getLong(1),
                        row.getString(2)),
                "SELECT seed, infotext, png FROM sd_images WHERE job = ? ORDER BY number",
                id));
  }

  /** Returns the last preview of a running job. */
  Optional<byte[]> preview(String id) {
    List<Optional<byte[]>> found =
        database.within(
            session ->
                session.query(
                    row -> Optional.ofNullable(row.getBytes(1)),
                    "SELECT preview FROM sd_jobs WHERE id = ?",
                    id));
    return found.stream().flatMap(Optional::stream).findFirst();
  }

  /** Cancels a job: at once if it waits, otherwise when its server renews the claim. */
  void cancel(String id) {
    database.within(
        session ->
            session.update(
                    "UPDATE sd_jobs SET state = 'cancelled', ended = "
                        + NOW
                        + " WHERE id = ? AND state = 'waiting'",
                    id)
                + session.update(
                    "UPDATE sd_jobs SET cancelling = TRUE WHERE id = ? AND state = 'running'", id));
  }

  /** Moves a waiting job. */
  void move(String id, double place) {
    database.within(
        session ->
            session.update(
                "UPDATE sd_jobs SET place = ? WHERE id = ? AND state = 'waiting'", place, id));
  }

  /** Deletes an ended job with its images. */
  void delete(String id) {
    database.within(
        session -> session.update("DELETE FROM sd_jobs WHERE id = ? AND NOT " + UNFINISHED, id));
  }

  /** Deletes jobs that ended long ago. */
  int deleteOld(Duration age) {
    return database.within(
        session ->
            session.update(
                "DELETE FROM sd_jobs WHERE NOT " + UNFINISHED + " AND ended < " + NOW + " - ?",
                age.toMillis()));
  }

  private static StoredJob job(ResultSet row) throws SQLException {
    return new StoredJob(
        row.getString("id"),
        row.getString("kind"),
        row.getString("title"),
        row.getInt("parts"),
        row.getString("settings"),
        JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getDouble("place"),
        row.getLong("created"),
        Optional.ofNullable(row.getString("worker")),
        JobReport.parse(row.getString("report")));
  }

  @Override
  public void close() {
    database.close();
  }
}
