package dev.sdlora.server.loras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The effects of LoRAs on the checkpoint, measured on request, one at a time because each
 * measurement reads the layers of the checkpoint. Results are cached until the file changes.
 */
final class Effects {
  private static final int MOST = 200;

  private final Function<LoraAdapter, ObjectNode> measurement;
  private final Duration patience;
  private final LongSupplier nanos;
  private final Semaphore measuring = new Semaphore(1);

  private final Map<Key, ObjectNode> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ObjectNode> eldest) {
          return size() > MOST;
        }
      };

  /** Start of the current measurement and duration of the previous one, for estimates. */
  private long begin;

  private OptionalLong duration = OptionalLong.empty();

  private record Key(LoraAdapter lora, long modified) {}

  /**
   * Creates it without any measurements.
   *
   * @param measurement measures a LoRA at its strength
   * @param patience the time that a request waits for measurements of other requests
   * @param nanos the clock
   */
  Effects(Function<LoraAdapter, ObjectNode> measurement, Duration patience, LongSupplier nanos) {
    this.measurement = measurement;
    this.patience = patience;
    this.nanos = nanos;
  }

  /** Returns whether a LoRA fits, and its effect at its strength. */
  ObjectNode of(LoraAdapter lora) throws InterruptedException {
    Key key = new Key(lora, modified(lora));
    ObjectNode before = find(key);
    if (before != null) {
      return before;
    }
    if (!measuring.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new Refusal(429, "other LoRAs are being measured", retryAfter());
    }
    try {
      ObjectNode meanwhile = find(key);
      return meanwhile != null ? meanwhile : measure(key);
    } finally {
      measuring.release();
    }
  }

  private ObjectNode measure(Key key) {
    synchronized (this) {
      begin = nanos.getAsLong();
    }
    ObjectNode answer = measurement.apply(key.lora());
    synchronized (this) {
      duration = OptionalLong.of(nanos.getAsLong() - begin);
      known.put(key, answer);
    }
    return answer;
  }

  /** Predicts the end of the current measurement from the duration of the previous one. */
  private synchronized Map<String, String> retryAfter() {
    return duration.isPresent()
        ? RetryAfter.seconds((duration.getAsLong() - (nanos.getAsLong() - begin)) / 1e9)
        : RetryAfter.unknown();
  }

  private synchronized @Nullable ObjectNode find(Key key) {
    return known.get(key);
  }

  private static long modified(LoraAdapter lora) {
    try {
      return Files.getLastModifiedTime(lora.path()).toMillis();
    } catch (IOException e) {
      return 0; // Opening the file reports the error.
    }
  }
}
