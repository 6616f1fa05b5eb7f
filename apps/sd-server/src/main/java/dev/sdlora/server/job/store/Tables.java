package dev.sdlora.server.job.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The tables of the jobs. Those of an older version get the columns that they lack. */
final class Tables {
  /** Any number that no other program uses. */
  private static final long LOCK = 0x5d_10_4a;

  private Tables() {}

  /** A column that tables of an older version lack. */
  private record Column(String table, String name, String type) {}

  private static final List<Column> LATER =
      List.of(
          new Column("sd_jobs", "form", "TEXT"),
          new Column("sd_jobs", "ask", "VARCHAR(10)"),
          new Column("sd_jobs", "model_hash", "VARCHAR(64)"),
          new Column("sd_jobs", "files", "TEXT"),
          new Column("sd_jobs", "trace", "VARCHAR(200)"),
          new Column("sd_jobs", "owner", "VARCHAR(100)"),
          new Column("sd_jobs", "priority", "INT"),
          new Column("sd_jobs", "fingerprint", "VARCHAR(64)"),
          new Column("sd_jobs", "avoided", "TEXT"),
          new Column("sd_jobs", "seconds", "DOUBLE PRECISION"),
          new Column("sd_workers", "reason", "TEXT"),
          new Column("sd_workers", "any_model", "BOOLEAN"),
          new Column("sd_images", "width", "INT"),
          new Column("sd_images", "height", "INT"),
          new Column("sd_images", "result", "VARCHAR(200)"));

  /** Creates what does not exist; servers that start at the same time wait for each other. */
  static int create(Database.Session session, String bytes) throws SQLException {
    boolean embedded = session.embedded();
    if (!embedded) {
      session.query(row -> "", "SELECT pg_advisory_xact_lock(?)", LOCK);
    }
    createAll(session, bytes);
    addColumns(session);
    if (!embedded) {
      leaveUncompressed(session);
    }
    return embedded
        // The process that claimed them is gone.
        ? session.update(
            "UPDATE sd_jobs SET lease = 0 WHERE state = 'running' AND worker NOT LIKE ?",
            Workers.PROCESS + "%")
        : 0;
  }

  private static void createAll(Database.Session session, String bytes) throws SQLException {
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
            + bytes
            + ")");
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_images (job VARCHAR(100) NOT NULL REFERENCES"
            + " sd_jobs(id) ON DELETE CASCADE, number INT NOT NULL, seed BIGINT NOT NULL,"
            + " infotext TEXT NOT NULL, png "
            + bytes
            + " NOT NULL, PRIMARY KEY (job, number))");
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_parts (job VARCHAR(100) NOT NULL REFERENCES"
            + " sd_jobs(id) ON DELETE CASCADE, kind VARCHAR(10) NOT NULL, number INT NOT NULL, png "
            + bytes
            + " NOT NULL, PRIMARY KEY (job, kind, number))");
    session.update(
        "CREATE TABLE IF NOT EXISTS sd_workers (name VARCHAR(100) PRIMARY KEY, heartbeat BIGINT NOT"
            + " NULL, checkpoint VARCHAR(300) NOT NULL, loras TEXT NOT NULL, concurrency INT NOT"
            + " NULL, running INT NOT NULL, version VARCHAR(100) NOT NULL)");
    StoredUsage.create(session);
    Pictures.create(session, bytes);
    session.update("CREATE INDEX IF NOT EXISTS sd_jobs_state ON sd_jobs (state, place)");
  }

  /** PNG files are compressed already; trying it again took two thirds of the time of a job. */
  private static void leaveUncompressed(Database.Session session) throws SQLException {
    for (String table : List.of("sd_images", "sd_parts", "sd_picture_parts")) {
      List<String> storage =
          session.query(
              row -> row.getString(1),
              "SELECT attstorage FROM pg_attribute WHERE attrelid = CAST(? AS regclass) AND attname"
                  + " = 'png'",
              table);
      if (!storage.contains("e")) {
        session.update("ALTER TABLE " + table + " ALTER COLUMN png SET STORAGE EXTERNAL");
      }
    }
  }

  /** Changing a table locks it, so that servers that start later change nothing. */
  private static void addColumns(Database.Session session) throws SQLException {
    Set<String> known =
        new TreeSet<>(
            session.query(
                row -> row.getString(1),
                "SELECT LOWER(table_name) || '.' || LOWER(column_name) FROM"
                    + " information_schema.columns WHERE LOWER(table_name) LIKE 'sd!_%' ESCAPE"
                    + " '!'"));
    for (Column column : LATER) {
      if (!known.contains(column.table() + "." + column.name())) {
        session.update(
            "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s"
                .formatted(column.table(), column.name(), column.type()));
        if (column.name().equals("result")) { // Images in the results are not in the database.
          session.update("ALTER TABLE sd_images ALTER COLUMN png DROP NOT NULL");
        }
      }
    }
  }
}
