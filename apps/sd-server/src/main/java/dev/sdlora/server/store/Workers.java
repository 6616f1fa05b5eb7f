package dev.sdlora.server.store;

import java.time.Duration;
import java.util.List;

/** The servers that draw the jobs of a database. Safe for use by several threads. */
public final class Workers {
  /** A server that did not report for this long counts as gone. */
  static final Duration ALIVE = Duration.ofSeconds(20);

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
   */
  public record Worker(
      String name,
      double secondsAgo,
      boolean alive,
      String checkpoint,
      String loras,
      int concurrency,
      int running,
      String version) {}

  void report(
      String name, String checkpoint, String loras, int concurrency, int running, String version) {
    database.within(
        session -> {
          Object[] values = {checkpoint, loras, concurrency, running, version, name};
          int known =
              session.update(
                  "UPDATE sd_workers SET heartbeat = "
                      + JobStore.NOW
                      + ", checkpoint = ?, loras = ?, concurrency = ?, running = ?, version = ?"
                      + " WHERE name = ?",
                  values);
          return known > 0
              ? known
              : session.update(
                  "INSERT INTO sd_workers (heartbeat, checkpoint, loras, concurrency, running,"
                      + " version, name) VALUES ("
                      + JobStore.NOW
                      + ", ?, ?, ?, ?, ?, ?)",
                  values);
        });
  }

  void remove(String name) {
    database.within(session -> session.update("DELETE FROM sd_workers WHERE name = ?", name));
  }

  void removeOld() {
    database.within(
        session ->
            session.update(
                "DELETE FROM sd_workers WHERE heartbeat < " + JobStore.NOW + " - ?",
                FORGOTTEN.toMillis()));
  }

  /** Returns all servers that reported within the last hour, by name. */
  List<Worker> list() {
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
                        row.getString("version")),
                "SELECT name, "
                    + JobStore.NOW
                    + " - heartbeat AS ago, checkpoint, loras, concurrency, running, version FROM"
                    + " sd_workers ORDER BY name"));
  }

  /** Returns the number of servers that are alive. */
  long alive() {
    return list().stream().filter(Worker::alive).count();
  }
}
