package dev.sdlora.server.job.store;

import dev.sdlora.server.job.StoreException;
import dev.sdlora.server.key.Usage;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The counts of API keys in the database, for all servers together. Safe for use by several
 * threads.
 *
 * @param database the database of the jobs
 */
record StoredUsage(Database database) implements Usage {
  private static final String WHERE = " WHERE owner = ? AND on_day = ?";

  static void create(Database.Session session) throws SQLException {
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_usage (owner VARCHAR(100) NOT NULL, on_day BIGINT NOT NULL,"
            + " jobs BIGINT NOT NULL, images BIGINT NOT NULL, PRIMARY KEY (owner, on_day))");
  }

  @Override
  public boolean add(String owner, long day, int images, int limit) {
    if (added(owner, day, images, limit)) {
      return true;
    }
    try {
      database.within(
          session ->
              session.update(
                  "INSERT INTO sd_usage (owner, on_day, jobs, images) VALUES (?, ?, 0, 0)",
                  owner,
                  day));
    } catch (StoreException e) { // Usually the row exists, and then the limit decides again.
      return added(owner, day, images, limit);
    }
    return added(owner, day, images, limit);
  }

  private boolean added(String owner, long day, int images, int limit) {
    String within = limit == 0 ? "" : " AND images <= " + (limit - images);
    return database.within(
            session ->
                session.update(
                    "UPDATE sd_usage SET jobs = jobs + 1, images = images + ?" + WHERE + within,
                    images,
                    owner,
                    day))
        > 0;
  }

  @Override
  public void takeBack(String owner, long day, int jobs, int images) {
    database.within(
        session ->
            session.update(
                "UPDATE sd_usage SET jobs = jobs - ?, images = images - ?" + WHERE,
                jobs,
                images,
                owner,
                day));
  }

  @Override
  public Day of(String owner, long day) {
    Optional<Day> found =
        database.within(
            session ->
                session.first(
                    row -> new Day(row.getLong(1), row.getLong(2)),
                    "SELECT jobs, images FROM sd_usage" + WHERE,
                    owner,
                    day));
    return found.orElse(new Day(0, 0));
  }

  /** Lets other transactions wait that add a job of the same owner. */
  static void lock(Database.Session session, String owner, long day) throws SQLException {
    session.update("UPDATE sd_usage SET jobs = jobs" + WHERE, owner, day);
  }

  /** Takes the images back that a job did not begin. */
  static int takeBack(Database.Session session, String id, int begun) throws SQLException {
    return session.update(
        "UPDATE sd_usage SET images = images - (SELECT GREATEST(0, parts - ?) FROM sd_jobs WHERE"
            + " id = ?) WHERE owner = (SELECT owner FROM sd_jobs WHERE id = ?) AND on_day = (SELECT"
            + " created / 86400000 FROM sd_jobs WHERE id = ?)",
        begun,
        id,
        id,
        id);
  }
}
