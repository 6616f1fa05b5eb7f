package dev.sdlora.server.store;

import dev.sdlora.server.job.RoundRobin;
import dev.sdlora.server.key.Sender;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The places of new jobs in the database, in round robin over API keys. */
final class QueuePlaces {
  /** A job of the same priority. */
  private record Peer(boolean isWaiting, double place, Optional<String> owner) {}

  private QueuePlaces() {}

  private static final String PLACE = "SELECT place FROM sd_jobs WHERE id = ?";

  /** Places of jobs of one millisecond are this far apart. */
  private static final double APART = 1.0 / 64;

  /** Moves a job that was added as the last one forward, if it is the turn of its API key. */
  static void take(Database.Session session, String id, Sender sender) throws SQLException {
    List<Optional<String>> running = new ArrayList<>();
    List<Optional<String>> waiting = new ArrayList<>();
    List<Double> places = new ArrayList<>();
    for (Peer peer : peers(session, id, sender.priority())) {
      if (peer.isWaiting()) {
        waiting.add(peer.owner());
        places.add(peer.place());
      } else {
        running.add(peer.owner());
      }
    }
    int turn = RoundRobin.place(sender.owner(), running, waiting);
    if (turn < places.size()) {
      move(session, id, before(session, places.get(turn)));
    } else if (!places.isEmpty()) {
      double last = places.get(places.size() - 1);
      double own = session.query(row -> row.getDouble(1), PLACE, id).get(0);
      if (Math.abs(last - own) < 1) {
        move(session, id, last + APART);
      }
    }
  }

  private static void move(Database.Session session, String id, double place) throws SQLException {
    session.update("UPDATE sd_jobs SET place = ? WHERE id = ?", place, id);
  }

  private static List<Peer> peers(Database.Session session, String id, int priority)
      throws SQLException {
    return session.query(
        row ->
            new Peer(
                row.getString(1).equals("waiting"),
                row.getDouble(2),
                Optional.ofNullable(row.getString(3))),
        "SELECT state, place, owner FROM sd_jobs WHERE state IN ('waiting', 'running') AND priority"
            + " = ? AND id <> ? ORDER BY place, number",
        priority,
        id);
  }

  private static double before(Database.Session session, double place) throws SQLException {
    Optional<Double> previous =
        session
            .query(
                row -> Optional.ofNullable(row.getObject(1, Double.class)),
                "SELECT MAX(place) FROM sd_jobs WHERE state = 'waiting' AND place < ?",
                place)
            .get(0);
    return previous.map(some -> (some + place) / 2).orElse(place - 1);
  }
}
