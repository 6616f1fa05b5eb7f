package dev.sdlora.server.job.store;

import dev.sdlora.server.http.RecentFiles;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.StoreException;
import dev.sdlora.server.key.Quotas;
import dev.sdlora.server.key.Sender;
import dev.sdlora.server.key.Usage;
import dev.sdlora.server.results.Results;
import dev.sdlora.server.trace.Origin;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The jobs of one or several servers in a database: H2 in a folder, or PostgreSQL. A server claims
 * a job for a while and renews the claim while it draws; a claim that is not renewed falls to
 * another server. All times are those of the database's clock. Safe for use by several threads.
 */
public final class JobStore implements AutoCloseable {
  private static final String UNFINISHED = "state IN ('waiting', 'running')";
  private static final String ROW =
      "SELECT id, state, place, report, kind, title, parts, settings, created, form, trace, owner,"
          + " priority, fingerprint FROM sd_jobs ";
  private static final String STATUS = "SELECT id, state, place, report FROM sd_jobs ";

  private static final long LOADED_BYTES = 64L << 20;

  /** The number of finished jobs that tell how long a job takes. */
  private static final int MEASURED = 20;

  /** The file of a database may have so many bytes more than its images, and once more those. */
  private static final long FREE_BYTES = 32L << 20;

  private final Database database;
  private final Optional<Results> results;
  private final RecentFiles files = new RecentFiles(Integer.MAX_VALUE, LOADED_BYTES);

  /**
   * Opens the jobs and creates their tables if they do not exist; later, if PostgreSQL does not
   * answer now.
   *
   * @param place a folder, or the address of a PostgreSQL database
   * @param observer notified of transactions
   * @param results the place of images that the database does not keep
   * @throws StoreException if the database cannot be opened
   */
  public static JobStore open(String place, StoreObserver observer, Optional<Results> results) {
    return new JobStore(Database.open(place, observer), results);
  }

  private JobStore(Database database, Optional<Results> results) {
    this.database = database;
    this.results = results;
  }

  /** Returns the statements with which servers take jobs. */
  public Claims claims() {
    return new Claims(database);
  }

  /** Returns what all servers of the database know. */
  public Secrets secrets() {
    return new Secrets(database);
  }

  /** Hears what other servers call; empty if there are none. */
  public Optional<Notifications> listen(Consumer<String> receiver) {
    return isEmbedded() ? Optional.empty() : Optional.of(Notifications.listen(database, receiver));
  }

  /** Returns the servers that draw. */
  public Workers workers() {
    return new Workers(database);
  }

  /** Returns the counts of API keys. */
  public Usage usage() {
    return new StoredUsage(database);
  }

  /** Whether the database has answered yet. */
  public boolean isPrepared() {
    return database.isPrepared();
  }

  /** Frees the disk of what was deleted, if that is more than what was kept. */
  public void compact() {
    if (isEmbedded()) {
      database.compact(FREE_BYTES + 2 * bytes());
    }
  }

  private long bytes() {
    return database.within(
        session -> {
          long bytes = 0;
          for (String table : List.of("sd_images", "sd_parts", "sd_picture_parts")) {
            bytes +=
                session
                    .query(
                        row -> row.getLong(1),
                        "SELECT COALESCE(SUM(OCTET_LENGTH(png)), 0) FROM " + table)
                    .get(0);
          }
          return bytes;
        });
  }

  /** Whether no other server can use the database. */
  public boolean isEmbedded() {
    return database.isEmbedded();
  }

  /** Returns the job with an id. */
  public Optional<StoredJob> find(String id) {
    return database.within(session -> session.first(JobStore::job, ROW + "WHERE id = ?", id));
  }

  /**
   * Adds a job as the last of those that wait with the same priority.
   *
   * @throws dev.sdlora.server.key.QuotaException if its owner has too many unfinished jobs
   */
  public void add(StoredJob.Draft draft) {
    if (draft.images().isEmpty()) {
      database.within(session -> added(session, draft));
    } else {
      pictures().changing(() -> database.within(session -> added(session, draft)));
    }
  }

  private static int added(Database.Session session, StoredJob.Draft draft) throws SQLException {
    requirePlace(session, draft);
    session.send(Notifications.NEW);
    int added =
        session.update(
            "INSERT INTO sd_jobs (id, model, affinity, kind, title, parts, settings, body,"
                + " form, model_hash, files, state, place, created, attempts, cancelling,"
                + " report, trace, owner, priority, fingerprint)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', "
                + Database.NOW
                + " - ?, ?, 0, FALSE, ?, ?, ?, ?, ?)",
            draft.id(),
            draft.model(),
            draft.affinity(),
            draft.kind(),
            draft.title(),
            draft.parts(),
            draft.settings(),
            draft.body(),
            draft.format().json(),
            draft.requiredFiles().map(RequiredFiles::modelHash).orElse(null),
            draft.requiredFiles().map(RequiredFiles::files).orElse(null),
            draft.sender().priority() * Sender.STEP.toMillis(),
            draft.created(),
            JobReport.NOTHING.json(),
            draft.origin().text(),
            draft.sender().owner().orElse(null),
            draft.sender().priority(),
            draft.sender().fingerprint().orElse(null));
    new LifeRows(session).takeTurn(draft.id(), draft.sender().owner());
    Pictures.add(session, draft.id(), draft.images());
    return added;
  }

  /** Returns the images that jobs read. */
  public Pictures pictures() {
    return new Pictures(database);
  }

  private static void requirePlace(Database.Session session, StoredJob.Draft draft)
      throws SQLException {
    if (draft.maxJobs() > 0) {
      String owner = draft.sender().owner().orElseThrow();
      StoredUsage.lock(session, owner, Usage.day(draft.created()));
      long unfinished =
          session
              .query(
                  row -> row.getLong(1),
                  "SELECT COUNT(*) FROM sd_jobs WHERE owner = ? AND " + UNFINISHED,
                  owner)
              .get(0);
      if (unfinished >= draft.maxJobs()) {
        throw Quotas.full(owner, draft.maxJobs(), 1);
      }
    }
  }

  /** Returns all unfinished jobs, in the order in which they will be drawn. */
  public List<StoredJob.Status> unfinished() {
    return database.within(
        session ->
            session.query(
                JobStore::status, STATUS + "WHERE " + UNFINISHED + " ORDER BY place, number"));
  }

  /** Returns the last ended jobs, in the order of their ends. */
  public List<StoredJob> ended(int most) {
    List<StoredJob> jobs =
        database.within(
            session ->
                session.query(
                    JobStore::job,
                    ROW + "WHERE NOT " + UNFINISHED + " ORDER BY ended DESC LIMIT ?",
                    most));
    return jobs.stream().sorted((a, b) -> Long.compare(a.created(), b.created())).toList();
  }

  /** Returns the mean time that the last finished jobs ran, in seconds; empty before the first. */
  public OptionalDouble meanSeconds() {
    return database
        .within(
            session ->
                session.query(
                    row -> row.getDouble(1),
                    "SELECT seconds FROM sd_jobs WHERE state = 'done' AND seconds > 0"
                        + " ORDER BY ended DESC LIMIT ?",
                    MEASURED))
        .stream()
        .mapToDouble(Double::doubleValue)
        .average();
  }

  /** Returns the images of a job, in order; their pixels are loaded when they are needed. */
  List<JobImage> images(String id) {
    List<StoredImage> images =
        database.within(
            session ->
                session.query(
                    row ->
                        new StoredImage(
                            this,
                            id,
                            row.getInt("number"),
                            row.getLong("seed"),
                            row.getString("infotext"),
                            row.getInt("width"),
                            row.getInt("height")),
                    "SELECT number, seed, infotext, width, height FROM sd_images WHERE job = ?"
                        + " ORDER BY number",
                    id));
    return List.copyOf(images.stream().map(StoredImage::measured).toList());
  }

  /** Returns the PNG file of an image. */
  byte[] png(String id, int number) {
    return files.made(id + "/" + number, () -> loaded(id, number));
  }

  private byte[] loaded(String id, int number) {
    Optional<Supplier<byte[]>> found =
        database.within(
            session ->
                session.first(
                    row -> {
                      byte[] png = row.getBytes(1);
                      String key = row.getString(2);
                      return () -> png == null ? result(String.valueOf(key)) : png;
                    },
                    "SELECT png, result FROM sd_images WHERE job = ? AND number = ?",
                    id,
                    number));
    return found
        .orElseThrow(
            () -> new Refusal(404, "the image is gone; its job was deleted, or is drawn once more"))
        .get();
  }

  private byte[] result(String key) {
    return results
        .orElseThrow(
            () ->
                new Refusal(
                    503,
                    "the image is in the results of other servers; start this one with their"
                        + " --results"))
        .read(key);
  }

  /** Returns the PNG file of a part of a job: a kept preview, or a cell of a grid. */
  public Optional<byte[]> part(String id, StoredJob.Part kind, int number) {
    return found(
        "SELECT png FROM sd_parts WHERE job = ? AND kind = ? AND number = ?",
        id,
        kind.label(),
        number);
  }

  private Optional<byte[]> found(String sql, Object... values) {
    return database
        .within(session -> session.query(row -> Optional.ofNullable(row.getBytes(1)), sql, values))
        .stream()
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Returns the last preview of a running job. */
  public Optional<byte[]> preview(String id) {
    return found("SELECT preview FROM sd_jobs WHERE id = ?", id);
  }

  /**
   * Cancels a job: at once if no server draws it, otherwise when its server renews the claim.
   *
   * @return whether it has ended
   */
  public boolean cancel(String id) {
    return claims().cancel(id);
  }

  /** Asks the server that draws a job for something, which it learns when it renews the claim. */
  public void ask(String id, Signal ask) {
    database.within(
        session -> {
          session.send(Notifications.ASK);
          return session.update(
              "UPDATE sd_jobs SET ask = ? WHERE id = ? AND state = 'running'", ask.label(), id);
        });
  }

  /** A wish of a client, next to cancelling. */
  public enum Signal {
    /** To end the job soon and to keep the current image unfinished. */
    INTERRUPT,
    /** To skip the current image. */
    SKIP;

    /** Returns the name in the database. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Moves a waiting job. */
  public void move(String id, double place) {
    database.within(
        session -> {
          new LifeRows(session).move(id, place);
          return place;
        });
  }

  /** Deletes an ended job with its images. */
  public void delete(String id) {
    database.within(
        session -> session.update("DELETE FROM sd_jobs WHERE id = ? AND NOT " + UNFINISHED, id));
  }

  /** Deletes jobs that ended long ago. */
  public int deleteOld(Duration age) {
    return database.within(
        session ->
            session.update(
                "DELETE FROM sd_jobs WHERE NOT "
                    + UNFINISHED
                    + " AND ended < "
                    + Database.NOW
                    + " - ?",
                age.toMillis()));
  }

  private static StoredJob.Status status(ResultSet row) throws SQLException {
    return new StoredJob.Status(
        row.getString("id"), StoredJob.state(row), row.getDouble("place"), row.getString("report"));
  }

  private static StoredJob job(ResultSet row) throws SQLException {
    return new StoredJob(
        status(row),
        row.getString("kind"),
        row.getString("title"),
        row.getInt("parts"),
        row.getString("settings"),
        row.getLong("created"),
        RequestFormat.parse(row.getString("form")),
        Origin.parse(Objects.requireNonNullElse(row.getString("trace"), "")),
        new Sender(
            Optional.ofNullable(row.getString("owner")),
            row.getInt("priority"),
            Optional.ofNullable(row.getString("fingerprint"))));
  }

  @Override
  public void close() {
    database.close();
  }
}
