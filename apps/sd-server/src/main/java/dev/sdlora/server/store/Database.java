package dev.sdlora.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sdlora.server.job.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections to H2, in a folder of this machine, or to PostgreSQL. Safe for use by several
 * threads.
 */
final class Database implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final long CONNECT_MILLIS = 5000;

  private final HikariDataSource connections;
  private final String name;
  private final boolean embedded;
  private final StoreObserver observer;

  private Database(
      HikariDataSource connections, String name, boolean embedded, StoreObserver observer) {
    this.connections = connections;
    this.name = name;
    this.embedded = embedded;
    this.observer = observer;
  }

  /**
   * Opens a database.
   *
   * @param place a folder, or an address {@code jdbc:postgresql://host/name?user=…&password=…}
   * @param observer notified of transactions
   * @throws StoreException if it cannot be opened
   */
  static Database open(String place, StoreObserver observer) {
    boolean embedded = !place.startsWith("jdbc:");
    if (!embedded && !place.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "jobs must be a folder or an address that begins with jdbc:postgresql: '%s'"
              .formatted(withoutPassword(place)));
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("sd-jobs");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_MILLIS);
    // With the default of H2, a killed process loses the commits of the last half second.
    config.setJdbcUrl(
        embedded
            ? "jdbc:h2:file:"
                + Path.of(place).toAbsolutePath().normalize().resolve("jobs")
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE"
            : place);
    String name = embedded ? "'" + place + "'" : withoutPassword(place);
    try {
      return new Database(new HikariDataSource(config), name, embedded, observer);
    } catch (RuntimeException e) {
      throw new StoreException(
          "cannot open the jobs in %s: %s".formatted(name, reason(e, embedded)), e);
    }
  }

  private static String withoutPassword(String address) {
    return address.replaceAll("(password=)[^&]*", "$1…").replaceAll("//[^/@]*@", "//…@");
  }

  private static String reason(Throwable error, boolean embedded) {
    String message = "";
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      message = cause.getMessage() == null ? message : cause.getMessage();
    }
    return embedded && message.contains("lock")
        ? "another server uses this folder"
        : message.lines().findFirst().orElse("");
  }

  /** Opens a connection next to those of statements. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(connections.getJdbcUrl());
  }

  /** Whether no other process can use it. */
  boolean isEmbedded() {
    return embedded;
  }

  /** The type of columns with bytes. */
  String bytes() {
    return embedded ? "BLOB" : "BYTEA";
  }

  /** Statements on one connection. */
  interface Statements<T> {
    T run(Session session) throws SQLException;
  }

  /** Reads a row. */
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Runs statements in one transaction. */
  <T> T within(Statements<T> statements) {
    long began = System.nanoTime();
    boolean failed = true;
    try {
      T result = transaction(statements);
      failed = false;
      return result;
    } finally {
      observer.used(System.nanoTime() - began, failed);
    }
  }

  private <T> T transaction(Statements<T> statements) {
    try (Connection connection = connections.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = statements.run(new Session(connection, embedded));
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException(
          "the jobs in %s cannot be used: %s".formatted(name, reason(e, false)), e);
    }
  }

  private static void rollBack(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) { // The connection is lost, and with it the transaction.
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  /**
   * One connection.
   *
   * @param embedded whether no other server can use the database
   */
  record Session(Connection connection, boolean embedded) {
    /** Calls something to the other servers when the transaction ends. */
    void call(String notice) throws SQLException {
      if (!embedded) {
        query(row -> "", "SELECT pg_notify('" + Notices.CHANNEL + "', ?)", notice);
      }
    }

    /**
     * Lets the transaction end before it is on the disk, for what may be lost without harm when the
     * database crashes.
     */
    void needNotLast() throws SQLException {
      if (!embedded) {
        update("SET LOCAL synchronous_commit = off");
      }
    }

    /** Runs a statement and returns the number of changed rows. */
    int update(String sql, @Nullable Object... values) throws SQLException {
      try (PreparedStatement statement = prepared(sql, values)) {
        return statement.executeUpdate();
      }
    }

    <T> List<T> query(Row<T> row, String sql, @Nullable Object... values) throws SQLException {
      try (PreparedStatement statement = prepared(sql, values);
          ResultSet found = statement.executeQuery()) {
        List<T> rows = new ArrayList<>();
        while (found.next()) {
          rows.add(row.of(found));
        }
        return rows;
      }
    }

    private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql);
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    }
  }
}
