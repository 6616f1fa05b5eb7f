package dev.sdlora.server.loras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Sentences;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How far LoRAs move the checkpoint, measured when somebody asks, one after another, since each
 * reads the layers of the checkpoint. Answers are kept as long as the file is the same.
 */
final class Effects {
  private static final int MOST = 200;
  private static final long PATIENCE_SECONDS = 20;

  private final Checkpoint checkpoint;
  private final Sentences sentences;
  private final Semaphore measuring = new Semaphore(1);

  private final Map<Key, ObjectNode> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ObjectNode> eldest) {
          return size() > MOST;
        }
      };

  private record Key(LoraAdapter lora, long modified) {}

  Effects(Checkpoint checkpoint, Sentences sentences) {
    this.checkpoint = checkpoint;
    this.sentences = sentences;
  }

  /** Whether a LoRA at its strength fits, and what it does. */
  ObjectNode of(LoraAdapter lora) throws InterruptedException {
    Key key = new Key(lora, modified(lora));
    ObjectNode before = find(key);
    if (before != null) {
      return before;
    }
    if (!measuring.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new Refusal(
          429, "other LoRAs are being measured", Map.of("Retry-After", "" + PATIENCE_SECONDS));
    }
    try {
      ObjectNode meanwhile = find(key);
      return meanwhile != null
          ? meanwhile
          : keep(key, LoraView.effect(lora.fitOn(checkpoint), sentences));
    } finally {
      measuring.release();
    }
  }

  private synchronized @Nullable ObjectNode find(Key key) {
    return known.get(key);
  }

  private synchronized ObjectNode keep(Key key, ObjectNode answer) {
    known.put(key, answer);
    return answer;
  }

  private static long modified(LoraAdapter lora) {
    try {
      return Files.getLastModifiedTime(lora.path()).toMillis();
    } catch (IOException e) {
      return 0; // Whoever opens it says what is wrong.
    }
  }
}
