package dev.sdlora.server.job.store;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The images that unfinished jobs read, one for all jobs that read the same. They are stored in
 * rows of at most {@link #PART} bytes, so that no statement takes more. Safe for use by several
 * threads.
 *
 * @param database the database
 */
public record Pictures(Database database) {
  /** The length of the rows in bytes. */
  static final int PART = 1 << 20;

  /** H2 lets transactions fail that add the same row, and one process alone uses it. */
  private static final ReentrantLock EMBEDDED = new ReentrantLock();

  private static final String NEEDED =
      "EXISTS (SELECT 1 FROM sd_job_pictures l JOIN sd_jobs j ON j.id = l.job WHERE l.hash = p.hash"
          + " AND j.state IN ('waiting', 'running'))";

  static void create(Database.Session session, String bytes) throws SQLException {
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_pictures (hash VARCHAR(64) PRIMARY KEY, length BIGINT NOT"
            + " NULL)");
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_picture_parts (hash VARCHAR(64) NOT NULL REFERENCES"
            + " sd_pictures(hash) ON DELETE CASCADE, number INT NOT NULL, png "
            + bytes
            + " NOT NULL, PRIMARY KEY (hash, number))");
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_job_pictures (job VARCHAR(100) NOT NULL REFERENCES"
            + " sd_jobs(id) ON DELETE CASCADE, hash VARCHAR(64) NOT NULL REFERENCES"
            + " sd_pictures(hash), PRIMARY KEY (hash, job))");
    session.update("CREATE INDEX IF NOT EXISTS sd_job_pictures_job ON sd_job_pictures (job)");
  }

  /** Runs a transaction that adds or deletes pictures. */
  <T> T changing(Supplier<T> transaction) {
    if (!database.isEmbedded()) {
      return transaction.get();
    }
    EMBEDDED.lock();
    try {
      return transaction.get();
    } finally {
      EMBEDDED.unlock();
    }
  }

  /** Adds the pictures of a job that the same transaction has added. */
  static void add(Database.Session session, String job, Map<String, byte[]> pictures)
      throws SQLException {
    // Two servers that lock in the same order do not wait for each other forever.
    for (Map.Entry<String, byte[]> picture : new TreeMap<>(pictures).entrySet()) {
      String hash = picture.getKey();
      lock(session, hash);
      if (session
          .query(row -> 1, "SELECT length FROM sd_pictures WHERE hash = ?", hash)
          .isEmpty()) {
        insert(session, hash, picture.getValue());
      }
      session.update("INSERT INTO sd_job_pictures (job, hash) VALUES (?, ?)", job, hash);
    }
  }

  private static void insert(Database.Session session, String hash, byte[] file)
      throws SQLException {
    session.update("INSERT INTO sd_pictures (hash, length) VALUES (?, ?)", hash, file.length);
    for (int at = 0; at < file.length; at += PART) {
      session.update(
          "INSERT INTO sd_picture_parts (hash, number, png) VALUES (?, ?, ?)",
          hash,
          at / PART,
          Arrays.copyOfRange(file, at, Math.min(file.length, at + PART)));
    }
  }

  private static void lock(Database.Session session, String hash) throws SQLException {
    if (!session.embedded()) {
      long key = Long.parseUnsignedLong(hash.substring(0, 16), 16);
      session.query(row -> "", "SELECT pg_advisory_xact_lock(?)", key);
    }
  }

  /** Returns the file of a picture, row by row. */
  public Optional<byte[]> find(String hash) {
    return database.within(
        session -> {
          List<Integer> lengths =
              session.query(
                  row -> row.getInt(1), "SELECT length FROM sd_pictures WHERE hash = ?", hash);
          if (lengths.isEmpty()) {
            return Optional.empty();
          }
          byte[] file = new byte[lengths.get(0)];
          for (int at = 0; at < file.length; at += PART) {
            byte[] part =
                session
                    .query(
                        row -> row.getBytes(1),
                        "SELECT png FROM sd_picture_parts WHERE hash = ? AND number = ?",
                        hash,
                        at / PART)
                    .get(0);
            System.arraycopy(part, 0, file, at, part.length);
          }
          return Optional.of(file);
        });
  }

  /**
   * Deletes the pictures that no unfinished job reads.
   *
   * @return the number of deleted pictures
   */
  public int deleteUnused() {
    List<String> unused =
        database.within(
            session ->
                session.query(
                    row -> row.getString(1), "SELECT hash FROM sd_pictures p WHERE NOT " + NEEDED));
    return unused.stream().mapToInt(this::deleteUnused).sum();
  }

  private int deleteUnused(String hash) {
    return changing(
        () ->
            database.within(
                session -> {
                  lock(session, hash);
                  // A job may have been added since, which keeps the picture.
                  session.update(
                      "DELETE FROM sd_job_pictures WHERE hash = ? AND job IN (SELECT id FROM"
                          + " sd_jobs WHERE state NOT IN ('waiting', 'running'))",
                      hash);
                  return session.update(
                      "DELETE FROM sd_pictures WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM"
                          + " sd_job_pictures WHERE hash = ?)",
                      hash,
                      hash);
                }));
  }
}
