package dev.sdlora.server.job.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.sdlora.server.job.StoreException;
import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to H2, in a folder of this machine, or to PostgreSQL. Safe for use by several
 * threads.
 */
final class Database implements AutoCloseable {
  /** The time of the database in milliseconds since 1970, in SQL. */
  static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";

  private static final int CONNECTIONS = 4;
  private static final long CONNECT_MILLIS = 5000;

  /** The states of connections that fail, of servers that start or stop, and of full ones. */
  private static final Pattern AWAY = Pattern.compile("(08|57P|53).*");

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private final HikariConfig config;
  private final String name;
  private final boolean embedded;
  private final StoreObserver observer;
  private final Outage outage;

  /** Held for reading by transactions, and for writing while the database is replaced. */
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private final ReentrantLock preparing = new ReentrantLock();
  private volatile HikariDataSource connections;
  private volatile boolean prepared;

  private Database(HikariConfig config, String name, boolean embedded, StoreObserver observer) {
    this.config = config;
    this.name = name;
    this.embedded = embedded;
    this.observer = observer;
    this.outage = new Outage(System::nanoTime);
    this.connections = new HikariDataSource(config);
  }

  /**
   * Opens a database and creates its tables. If PostgreSQL does not answer, the first transaction
   * after it does creates them.
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
                // H2 would fill a full disk again with the traces of its errors.
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;LOCK_TIMEOUT=10000"
            : place);
    String name = embedded ? "'" + place + "'" : withoutPassword(place);
    // A pool that cannot connect at first connects later.
    config.setInitializationFailTimeout(-1);
    Database database = new Database(config, name, embedded, observer);
    try {
      database.prepare();
    } catch (StoreException e) {
      if (!embedded && isAway(e)) {
        database.outage.began(e);
        return database;
      }
      database.close();
      throw new StoreException(
          "cannot open the jobs in %s: %s".formatted(name, reason(e, embedded)), e);
    }
    return database;
  }

  /** Whether a server may come back by itself, other than one that refuses the address. */
  private static boolean isAway(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String state = cause instanceof SQLException sql ? sql.getSQLState() : null;
      if (state != null && !AWAY.matcher(state).matches()) {
        return false;
      }
    }
    return true;
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
    return DriverManager.getConnection(config.getJdbcUrl());
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
      prepare();
      T result = transaction(statements);
      failed = false;
      outage.over();
      return result;
    } catch (StoreException e) {
      if (!isConflict(e)) {
        outage.began(e);
      }
      throw e;
    } finally {
      observer.used(System.nanoTime() - began, failed);
    }
  }

  /** Whether the tables exist. */
  boolean isPrepared() {
    return prepared;
  }

  private void prepare() {
    if (prepared) {
      return;
    }
    if (!preparing.tryLock()) { // The others need not wait for a server that does not answer.
      throw new StoreException("the jobs in %s cannot be used yet".formatted(name), null);
    }
    try {
      if (!prepared) {
        transaction(session -> Tables.create(session, bytes()));
        prepared = true;
      }
    } finally {
      preparing.unlock();
    }
  }

  private <T> T transaction(Statements<T> statements) {
    HikariDataSource used;
    SQLException failure;
    use.readLock().lock();
    try {
      used = connections;
      try (Connection connection = used.getConnection()) {
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
        failure = e;
      }
    } finally {
      use.readLock().unlock();
    }
    StoreException error =
        new StoreException(
            "the jobs in %s cannot be used: %s".formatted(name, reason(failure, false)), failure);
    if (!isConflict(error)) {
      if (embedded) {
        reopen(used);
      } else if (isAway(error)) {
        forgetIdle(used);
      }
    }
    throw error;
  }

  /** Whether a row exists already, or another transaction changes it. */
  private static boolean isConflict(StoreException error) {
    String state = error.getCause() instanceof SQLException sql ? sql.getSQLState() : null;
    return state != null && (state.startsWith("23") || state.startsWith("40"));
  }

  /** A server that restarted has closed all connections; without this each fails a transaction. */
  private static void forgetIdle(HikariDataSource used) {
    HikariPoolMXBean pool = used.getHikariPoolMXBean();
    if (pool != null) {
      pool.softEvictConnections();
    }
  }

  /** H2 closes a database when the memory or the disk is full, and never opens it again. */
  private void reopen(HikariDataSource used) {
    if (use.getReadHoldCount() > 0) { // A transaction in another one; the outer one comes here.
      return;
    }
    use.writeLock().lock();
    try {
      if (connections != used || used.isClosed()) {
        return;
      }
      if (answers()) { // Connections from before may be those of a closed database.
        used.getHikariPoolMXBean().softEvictConnections();
        return;
      }
      used.close();
      shutDown("IMMEDIATELY");
      connections = new HikariDataSource(config);
      LOG.info("opened the jobs in {} again", name);
    } catch (RuntimeException e) {
      LOG.debug("cannot open the jobs again", e);
    } finally {
      use.writeLock().unlock();
    }
  }

  private boolean answers() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      return statement.execute("SELECT 1 FROM sd_workers") && !statement.execute("CHECKPOINT SYNC");
    } catch (SQLException e) {
      LOG.debug("the database does not answer", e);
      return false;
    }
  }

  private void shutDown(String how) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN " + how);
    } catch (SQLException e) { // It is closed already.
      LOG.debug("cannot shut down", e);
    }
  }

  /**
   * Rewrites the file of H2 without the space of deleted rows. Transactions wait until it has
   * ended.
   *
   * @param most does nothing if the file has at most so many bytes
   */
  void compact(long most) {
    if (!embedded || file().length() <= most) {
      return;
    }
    use.writeLock().lock();
    try {
      if (!connections.isClosed()) {
        connections.close();
        shutDown("COMPACT");
        connections = new HikariDataSource(config);
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  private File file() {
    String address = config.getJdbcUrl();
    return new File(address.substring("jdbc:h2:file:".length(), address.indexOf(';')) + ".mv.db");
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
    use.writeLock().lock();
    try {
      connections.close();
    } finally {
      use.writeLock().unlock();
    }
  }

  /**
   * One connection.
   *
   * @param embedded whether no other server can use the database
   */
  record Session(Connection connection, boolean embedded) {
    /** Calls something to the other servers when the transaction ends. */
    void send(String notification) throws SQLException {
      if (!embedded) {
        query(row -> "", "SELECT pg_notify('" + Notifications.CHANNEL + "', ?)", notification);
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

    /** Returns the first row that a query finds. */
    <T> Optional<T> first(Row<T> row, String sql, @Nullable Object... values) throws SQLException {
      return query(row, sql, values).stream().findFirst();
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
