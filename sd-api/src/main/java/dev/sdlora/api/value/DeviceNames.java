package dev.sdlora.api.value;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses names of devices. */
public final class DeviceNames {
  private static final Pattern GPU = Pattern.compile("(?:gpu|cuda):?(\\d{1,3})|gpu|cuda");

  /** The best device of the machine. */
  public static final String AUTO = "auto";

  private static final List<String> OTHERS = List.of(AUTO, "cpu", "mps");

  private DeviceNames() {}

  /**
   * Returns the canonical name of a device: {@code auto}, {@code cpu}, {@code mps}, {@code gpu0}
   * and so on.
   *
   * @param name a name such as {@code cpu}, {@code cuda} or {@code gpu:1}
   * @return the canonical name
   * @throws IllegalArgumentException if the name is invalid
   */
  public static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    Matcher gpu = GPU.matcher(lower);
    if (gpu.matches()) {
      return "gpu" + (gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
    }
    if (!OTHERS.contains(lower)) {
      throw new SettingException(
          "device",
          "be auto, cpu, mps, or gpu or cuda, optionally with a number as in gpu1, gpu:1 or cuda:1",
          name);
    }
    return lower;
  }
}
