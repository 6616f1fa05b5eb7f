package dev.sdlora.api;

import dev.sdlora.api.value.SettingException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of devices, as people write them. */
final class DeviceNames {
  private static final Pattern GPU = Pattern.compile("(?:gpu|cuda):?(\\d{1,3})|gpu|cuda");

  private DeviceNames() {}

  /**
   * The one name of a device: {@code cpu}, {@code gpu0} and so on.
   *
   * @throws IllegalArgumentException if the name is none
   */
  static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    Matcher gpu = GPU.matcher(lower);
    if (gpu.matches()) {
      return "gpu" + (gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
    }
    if (!lower.equals("cpu")) {
      throw new SettingException(
          "device", "be cpu, gpu or cuda, or one of several as in gpu1, gpu:1 or cuda:1", name);
    }
    return lower;
  }
}
