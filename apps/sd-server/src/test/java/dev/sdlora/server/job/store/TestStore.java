package dev.sdlora.server.job.store;

import dev.sdlora.server.key.Sender;
import dev.sdlora.server.trace.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A database in a temporary folder, for all tries of a property, and the jobs that tests store.
 *
 * @param folder deleted when the store is closed
 */
record TestStore(Path folder, JobStore store) implements AutoCloseable {
  /** A server that has the model of all {@linkplain #job jobs} and no LoRAs. */
  static final Claims.Criteria ANY =
      new Claims.Criteria(Optional.of(List.of("model")), "", "", Optional.empty());

  static TestStore open() {
    try {
      Path folder = Files.createTempDirectory("jobs");
      return new TestStore(
          folder, JobStore.open(folder.toString(), StoreObserver.NONE, Optional.empty()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a new job without files. */
  static StoredJob.Draft job(String id, int images, long created, String loras, Sender sender) {
    return new StoredJob.Draft(
        id,
        "model",
        loras,
        "txt2img",
        "a ring",
        images,
        created,
        "{}",
        "{}",
        Map.of(),
        RequestFormat.PLAIN,
        Optional.empty(),
        Origin.parse(""),
        sender,
        0);
  }

  @Override
  public void close() throws IOException {
    store.close();
    Files.delete(folder.resolve("jobs.mv.db"));
    Files.delete(folder);
  }
}
