package dev.sdlora.server.job.store;

import dev.sdlora.server.job.StoreException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Random bytes that all servers of a database share, such as keys. Safe for use by several threads.
 *
 * @param database the database
 */
public record Secrets(Database database) {
  /**
   * Returns a secret; the first server that needs it makes it.
   *
   * @param name the name
   * @param making makes the secret
   */
  public byte[] get(String name, Supplier<byte[]> making) {
    database.within(
        session ->
            session.update(
                "CREATE TABLE IF NOT EXISTS sd_secrets (name VARCHAR(100) PRIMARY KEY, secret "
                    + database.bytes()
                    + " NOT NULL)"));
    return find(name).orElseGet(() -> made(name, making.get()));
  }

  private Optional<byte[]> find(String name) {
    return database.within(
        session ->
            session.first(
                row -> row.getBytes(1), "SELECT secret FROM sd_secrets WHERE name = ?", name));
  }

  private byte[] made(String name, byte[] secret) {
    try {
      database.within(
          session ->
              session.update("INSERT INTO sd_secrets (name, secret) VALUES (?, ?)", name, secret));
      return secret;
    } catch (StoreException e) { // Another server made it at the same time.
      return find(name).orElseThrow(() -> e);
    }
  }
}
