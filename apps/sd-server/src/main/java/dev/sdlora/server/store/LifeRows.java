package dev.sdlora.server.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads and writes the {@linkplain JobLife lives} of jobs, inside of transactions. */
final class LifeRows {
  /** The columns of a life, and the time. */
  static final String COLUMNS =
      "state, worker, attempts, lease, cancelling, avoided, " + Database.NOW + " AS clock";

  private LifeRows() {}

  /** The life of a job, at a time of the database's clock. */
  record Now(JobLife life, long clock) {}

  static Now now(ResultSet row) throws SQLException {
    long clock = row.getLong("clock");
    JobLife life =
        JobLife.stored(
            StoredJob.state(row),
            Objects.requireNonNullElse(row.getString("worker"), ""),
            row.getInt("attempts"),
            row.getLong("lease"),
            row.getBoolean("cancelling"),
            Objects.requireNonNullElse(row.getString("avoided"), ""),
            clock);
    return new Now(life, clock);
  }

  /** Reads the life of a job, and lets other transactions wait that change it. */
  static Optional<Now> read(Database.Session session, String id) throws SQLException {
    return session
        .query(LifeRows::now, "SELECT " + COLUMNS + " FROM sd_jobs WHERE id = ? FOR UPDATE", id)
        .stream()
        .findFirst();
  }

  /** Reads the life of a job that a server still has. */
  static Optional<Now> held(Database.Session session, String worker, StoredJob.Claim claim)
      throws SQLException {
    return read(session, claim.id()).filter(now -> now.life().isHeld(worker, claim.attempt()));
  }

  /** Writes a life; if it is over, gives the images back that the job has not begun. */
  static void write(Database.Session session, String id, JobLife life, JobReport report)
      throws SQLException {
    session.update(
        "UPDATE sd_jobs SET state = ?, worker = ?, attempts = ?, lease = ?, cancelling = ?,"
            + " avoided = ?, report = ? WHERE id = ?",
        life.stage().shown().label(),
        life.server().isEmpty() ? null : life.server(),
        life.attempt(),
        life.until(),
        life.cancelling(),
        life.avoided().isEmpty() ? null : life.avoided(),
        report.json(),
        id);
    if (life.stage().isEnd()) {
      session.update(
          "UPDATE sd_jobs SET preview = NULL, ended = " + Database.NOW + " WHERE id = ?", id);
      if (life.stage() != JobStage.DONE) {
        StoredUsage.takeBack(session, id, report.begun());
      }
      session.send(Notifications.END);
    }
  }

  static JobReport report(Database.Session session, String id) throws SQLException {
    return session
        .query(
            row -> JobReport.parse(row.getString(1)), "SELECT report FROM sd_jobs WHERE id = ?", id)
        .get(0);
  }

  /** Ends the jobs that are over without any server; see {@link JobLife#settled}. */
  static void settle(Database.Session session) throws SQLException {
    List<String> over =
        session.query(
            row -> row.getString(1),
            "SELECT id FROM sd_jobs WHERE (cancelling AND state = 'waiting' OR state = 'running'"
                + " AND lease < "
                + Database.NOW
                + " AND (cancelling OR attempts >= ?)) FOR UPDATE SKIP LOCKED",
            JobLife.ATTEMPTS);
    for (String id : over) {
      JobLife life = read(session, id).orElseThrow().life().settled();
      JobReport report =
          life.stage() == JobStage.FAILED
              ? report(session, id)
                  .withError(
                      "the server stopped %s times while it drew this job"
                          .formatted(JobLife.ATTEMPTS))
              : report(session, id);
      write(session, id, life, report);
    }
  }
}
