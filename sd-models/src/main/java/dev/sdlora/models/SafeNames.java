package dev.sdlora.models;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names from outside, which become names of files only if they stay in their folder. */
final class SafeNames {
  private static final int LONGEST = 200;

  /** What no system allows in names, or reads as something else. */
  private static final Pattern UNWANTED = Pattern.compile("[\\p{Cntrl}<>:\"|?*\\\\/]+");

  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private SafeNames() {}

  /** Whether it is a path below a folder, with slashes, in a form that all systems keep. */
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
   * Makes a name of a file of whatever a site calls it.
   *
   * @param fallback where nothing is left
   */
  static String name(String told, String fallback) {
    String name = told.substring(Math.max(told.lastIndexOf('/'), told.lastIndexOf('\\')) + 1);
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

  /** A name without its ending. */
  static String stem(String name) {
    return name.substring(0, name.length() - ending(name).length());
  }

  /** Such as {@code .safetensors}, in small letters; empty if there is none. */
  static String ending(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && name.length() - dot < 20 ? name.substring(dot).toLowerCase(Locale.ROOT) : "";
  }
}
