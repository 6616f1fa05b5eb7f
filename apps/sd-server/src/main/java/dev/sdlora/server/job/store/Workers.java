package dev.sdlora.server.job.store;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** The servers that draw the jobs of a database. Safe for use by several threads. */
public final class Workers {
  /** A server that did not report for this long counts as gone. */
  static final Duration ALIVE = Duration.ofSeconds(20);

  /** The beginning of the names of all servers in this process. */
  public static final String PROCESS = UUID.randomUUID().toString();

  private static final Duration FORGOTTEN = Duration.ofHours(1);

  private final Database database;

  /**
   * Creates the servers of a database.
   *
   * @param database the database of the jobs
   */
  Workers(Database database) {
    this.database = database;
  }

  /**
   * A server that draws.
   *
   * @param name the name, which no other server has
   * @param secondsAgo the seconds since its last report
   * @param alive whether it reported a short while ago
   * @param checkpoint the checkpoint in memory; empty text if there is none
   * @param loras the tags of the applied LoRAs
   * @param concurrency the number of jobs that it draws at once
   * @param running the number of jobs that it draws now
   * @param version the version of the program
   * @param reason why it claims no jobs; empty text if it does
   */
  public record Worker(
      String name,
      double secondsAgo,
      boolean alive,
      String checkpoint,
      String loras,
      int concurrency,
      int running,
      String version,
      String reason) {
    /** Whether it is alive and claims jobs. */
    public boolean isReady() {
      return alive && reason.isEmpty();
    }
  }

  /**
   * Reports that a server is alive.
   *
   * @param anyModel whether it gets the files of models that it lacks
   */
  public void report(Worker worker, boolean anyModel) {
    database.within(
        session -> {
          Object[] values = {
            worker.checkpoint(),
            worker.loras(),
            worker.concurrency(),
            worker.running(),
            worker.version(),
            worker.reason(),
            anyModel,
            worker.name()
          };
          int known =
              session.update(
                  "UPDATE sd_workers SET heartbeat = "
                      + Database.NOW
                      + ", checkpoint = ?, loras = ?, concurrency = ?, running = ?, version = ?,"
                      + " reason = ?, any_model = ? WHERE name = ?",
                  values);
          return known > 0
              ? known
              : session.update(
                  "INSERT INTO sd_workers (heartbeat, checkpoint, loras, concurrency, running,"
                      + " version, reason, any_model, name) VALUES ("
                      + Database.NOW
                      + ", ?, ?, ?, ?, ?, ?, ?, ?)",
                  values);
        });
  }

  /** Removes a server that ends. */
  public void remove(String name) {
    database.within(session -> session.update("DELETE FROM sd_workers WHERE name = ?", name));
  }

  /** Removes the servers that have not reported for long. */
  public void removeOld() {
    database.within(
        session ->
            session.update(
                "DELETE FROM sd_workers WHERE heartbeat < " + Database.NOW + " - ?",
                FORGOTTEN.toMillis()));
  }

  /** Returns all servers that reported within the last hour, by name. */
  public List<Worker> list() {
    return database.within(
        session ->
            session.query(
                row ->
                    new Worker(
                        row.getString("name"),
                        row.getLong("ago") / 1000.0,
                        row.getLong("ago") < ALIVE.toMillis(),
                        row.getString("checkpoint"),
                        row.getString("loras"),
                        row.getInt("concurrency"),
                        row.getInt("running"),
                        row.getString("version"),
                        Objects.requireNonNullElse(row.getString("reason"), "")),
                "SELECT name, "
                    + Database.NOW
                    + " - heartbeat AS ago, checkpoint, loras, concurrency, running, version, reason"
                    + " FROM sd_workers ORDER BY name"));
  }
}
