package dev.sdlora.server.store;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.StoreException;
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
  static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
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

  /** Returns the statements with which servers take jobs. */
  Claims claims() {
    return new Claims(database);
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
