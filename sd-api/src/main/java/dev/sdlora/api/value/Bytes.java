package dev.sdlora.api.value;

import java.util.Locale;

/** Formats amounts of memory. */
public final class Bytes {
  private static final double MEGA = 1e6;
  private static final double GIGA = 1e9;

  private Bytes() {}

  /**
   * Formats an amount of memory.
   *
   * @param bytes the amount in bytes
   * @return megabytes, rounded up, or gigabytes, such as {@code 20 MB} or {@code 3.4 GB}
   */
  public static String text(double bytes) {
    return bytes < GIGA
        ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(bytes / MEGA))
        : String.format(Locale.ROOT, "%.1f GB", bytes / GIGA);
  }
}
