package dev.sdlora.models;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes untrusted names safe for use as file names, so that they cannot leave their folder. */
final class SafeNames {
  private static final int LONGEST = 200;

  /** Characters that some system forbids in file names or treats specially. */
  private static final Pattern UNWANTED = Pattern.compile("[\\p{Cntrl}<>:\"|?*\\\\/]+");

  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private SafeNames() {}

  /** Whether a text is a relative path with slashes that stays inside its folder on all systems. */
  static boolean isPath(String path) {
    return path.length() < 1000
        && List.of(path.split("/", -1)).stream().allMatch(SafeNames::isName);
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST
        && !name.equals(".")
        && !name.equals("..")
        && !UNWANTED.matcher(name).find()
        && !DEVICE.matcher(name).matches();
  }

  /**
   * Makes a file name from the name that a site sends.
   *
   * @param fallback the name to use if no valid character is left
   */
  static String name(String given, String fallback) {
    String name = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
    name = UNWANTED.matcher(name).replaceAll("_").strip();
    while (name.startsWith(".")) {
      name = name.substring(1);
    }
    if (name.length() > LONGEST) {
      String ending = ending(name);
      name = name.substring(0, LONGEST - ending.length()) + ending;
    }
    return isName(name) ? name : fallback;
  }

  /** The name without its extension. */
  static String stem(String name) {
    return name.substring(0, name.length() - ending(name).length());
  }

  /** The extension in lower case, such as {@code .safetensors}; empty if there is none. */
  static String ending(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && name.length() - dot < 20 ? name.substring(dot).toLowerCase(Locale.ROOT) : "";
  }
}
