package dev.sdlora.server.job.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short messages of servers to each other through PostgreSQL ({@code NOTIFY}), so that they need
 * not wait until they look again. A call that is missed delays a job by half a second at most.
 */
public final class Notifications implements AutoCloseable {
  /** A job arrived. */
  public static final String NEW = "new";

  /** A job ended. */
  public static final String END = "end";

  /** A client asks for something while a job is drawn. */
  static final String ASK = "ask";

  static final String CHANNEL = "sd_jobs";

  private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
  private static final int WAIT_MILLIS = 10_000;
  private static final int AGAIN_MILLIS = 2000;

  private final Database database;
  private final Consumer<String> receiver;
  private final Thread thread = new Thread(this::listen, "sd-jobs-notices");
  private volatile boolean closed;
  private volatile @Nullable Connection open;

  private Notifications(Database database, Consumer<String> receiver) {
    this.database = database;
    this.receiver = receiver;
  }

  /** Begins to listen, with a connection of its own. */
  static Notifications listen(Database database, Consumer<String> receiver) {
    Notifications notifications = new Notifications(database, receiver);
    notifications.thread.setDaemon(true);
    notifications.thread.start();
    return notifications;
  }

  private void listen() {
    while (!closed) {
      try (Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        open = connection;
        statement.execute("LISTEN " + CHANNEL);
        while (!closed) {
          wait(connection).forEach(receiver);
        }
      } catch (SQLException | ReflectiveOperationException e) {
        LOG.debug("not listening", e);
        sleep();
      }
    }
  }

  /**
   * Waits for calls. The driver has no interface for them but its own, whose annotations are not on
   * the class path of the compiler.
   */
  private static List<String> wait(Connection connection) throws ReflectiveOperationException {
    Object[] calls =
        (Object[])
            connection
                .getClass()
                .getMethod("getNotifications", int.class)
                .invoke(connection, WAIT_MILLIS);
    List<String> texts = new ArrayList<>();
    for (Object send : calls == null ? new Object[0] : calls) {
      texts.add(String.valueOf(send.getClass().getMethod("getParameter").invoke(send)));
    }
    return texts;
  }

  private void sleep() {
    try {
      Thread.sleep(closed ? 0 : AGAIN_MILLIS);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try (Connection connection = open) { // Ends the wait.
      LOG.debug("closing {}", connection);
    } catch (SQLException e) {
      LOG.debug("cannot close", e);
    }
  }
}
