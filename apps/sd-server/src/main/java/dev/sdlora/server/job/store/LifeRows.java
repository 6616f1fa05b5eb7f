package dev.sdlora.server.job.store;

import dev.sdlora.server.job.JobLife;
import dev.sdlora.server.job.JobLives;
import dev.sdlora.server.job.JobStage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The {@linkplain JobLife lives} of jobs in the database, inside of a transaction.
 *
 * @param session the connection
 */
record LifeRows(Database.Session session) implements JobLives<String, SQLException> {
  /** The columns of a life, and the time. */
  static final String COLUMNS =
      "state, worker, attempts, lease, cancelling, avoided, " + Database.NOW + " AS clock";

  static Now now(ResultSet row) throws SQLException {
    long clock = row.getLong("clock");
    JobLife life =
        new JobLife(
            JobStage.of(StoredJob.state(row)),
            Objects.requireNonNullElse(row.getString("worker"), ""),
            row.getInt("attempts"),
            row.getLong("lease"),
            row.getBoolean("cancelling"),
            Objects.requireNonNullElse(row.getString("avoided"), ""));
    return new Now(life.at(clock), clock);
  }

  /** Lets other transactions wait that change it. */
  @Override
  public Optional<Now> find(String id) throws SQLException {
    return session.first(
        LifeRows::now, "SELECT " + COLUMNS + " FROM sd_jobs WHERE id = ? FOR UPDATE", id);
  }

  /** If the life is over, gives the images back that the job has not begun. */
  @Override
  public void write(String id, JobLife life) throws SQLException {
    session.update(
        "UPDATE sd_jobs SET state = ?, worker = ?, attempts = ?, lease = ?, cancelling = ?,"
            + " avoided = ? WHERE id = ?",
        life.stage().shown().label(),
        life.server().isEmpty() ? null : life.server(),
        life.attempt(),
        life.until(),
        life.cancelling(),
        life.avoided().isEmpty() ? null : life.avoided(),
        id);
    if (life.stage().isEnd()) {
      session.update(
          "UPDATE sd_jobs SET preview = NULL, ended = " + Database.NOW + " WHERE id = ?", id);
      if (life.stage() != JobStage.DONE) {
        StoredUsage.takeBack(session, id, report(id).begun());
      }
      session.send(Notifications.END);
    }
  }

  private JobReport report(String id) throws SQLException {
    return session
        .first(
            row -> JobReport.parse(row.getString(1)), "SELECT report FROM sd_jobs WHERE id = ?", id)
        .orElseThrow();
  }

  void report(String id, JobReport report) throws SQLException {
    session.update("UPDATE sd_jobs SET report = ? WHERE id = ?", report.json(), id);
  }

  /** Ends the jobs that are over without any server. */
  void settleAll() throws SQLException {
    List<String> over =
        session.query(
            row -> row.getString(1),
            "SELECT id FROM sd_jobs WHERE (cancelling AND state = 'waiting' OR state = 'running'"
                + " AND lease < "
                + Database.NOW
                + " AND (cancelling OR attempts >= ?)) FOR UPDATE SKIP LOCKED",
            JobLife.ATTEMPTS);
    for (String id : over) {
      if (settle(id).filter(life -> life.stage() == JobStage.FAILED).isPresent()) {
        String error =
            "the server stopped %s times while it drew this job".formatted(JobLife.ATTEMPTS);
        report(id, report(id).withError(error));
      }
    }
  }

  @Override
  public List<Peer> peers(String id) throws SQLException {
    return session.query(
        row ->
            new Peer(
                row.getString(1).equals("waiting"),
                row.getDouble(2),
                Optional.ofNullable(row.getString(3))),
        "SELECT state, place, owner FROM sd_jobs WHERE state IN ('waiting', 'running') AND priority"
            + " = (SELECT priority FROM sd_jobs WHERE id = ?) AND id <> ? ORDER BY place, number",
        id,
        id);
  }

  @Override
  public double place(String id) throws SQLException {
    return session
        .first(row -> row.getDouble(1), "SELECT place FROM sd_jobs WHERE id = ?", id)
        .orElseThrow();
  }

  @Override
  public void move(String id, double place) throws SQLException {
    session.update("UPDATE sd_jobs SET place = ? WHERE id = ? AND state = 'waiting'", place, id);
  }

  @Override
  public Optional<Double> placeBefore(double place) throws SQLException {
    return session
        .first(
            row -> Optional.ofNullable(row.getObject(1, Double.class)),
            "SELECT MAX(place) FROM sd_jobs WHERE state = 'waiting' AND place < ?",
            place)
        .flatMap(found -> found);
  }
}
