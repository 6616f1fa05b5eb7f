package dev.sdlora.api.value;

import java.util.concurrent.atomic.LongAdder;

/**
 * Numbers that this process keeps for monitoring, for all pipelines together. Safe for use by
 * several threads.
 */
public final class Tally {
  /** Texts whose states were found in a cache. */
  public static final Tally TEXTS_CACHED = new Tally();

  /** Texts that a text encoder had to encode. */
  public static final Tally TEXTS_ENCODED = new Tally();

  /** LoRA files whose header was found in the cache. */
  public static final Tally LORA_FILES_CACHED = new Tally();

  /** LoRA files whose header had to be read. */
  public static final Tally LORA_FILES_READ = new Tally();

  /** Changes of weights from one set of patched LoRAs to another, or to none. */
  public static final Tally WEIGHT_SWITCHES = new Tally();

  /** The time that these changes took, in nanoseconds. */
  public static final Tally WEIGHT_SWITCH_NANOS = new Tally();

  /** The bytes of memory that running requests have reserved now. */
  public static final Tally RESERVED_BYTES = new Tally();

  private final LongAdder number = new LongAdder();

  private Tally() {}

  /** Adds one. */
  public void count() {
    number.increment();
  }

  /**
   * Adds an amount.
   *
   * @param amount the amount, negative to subtract
   */
  public void add(long amount) {
    number.add(amount);
  }

  /**
   * Returns the number.
   *
   * @return the sum of all amounts since the start of the process
   */
  public long number() {
    return number.sum();
  }
}
