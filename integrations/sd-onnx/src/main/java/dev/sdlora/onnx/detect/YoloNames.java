package dev.sdlora.onnx.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The class names that Ultralytics writes into files: {@code {0: 'person', 1: "dog's nose"}}. */
final class YoloNames {
  private static final Pattern ENTRY =
      Pattern.compile(
          "(\\d{1,6})\\s*:\\s*(?:'((?:[^'\\\\]|\\\\.)*+)'|\"((?:[^\"\\\\]|\\\\.)*+)\")");

  private YoloNames() {}

  /** Returns the names by index, until one is missing; empty for text of another form. */
  static List<String> parse(String text) {
    List<String> names = new ArrayList<>();
    Matcher entry = ENTRY.matcher(text);
    while (entry.find() && Integer.parseInt(entry.group(1)) == names.size()) {
      String name = entry.group(2) == null ? entry.group(3) : entry.group(2);
      names.add(name.replaceAll("\\\\(.)", "$1"));
    }
    return List.copyOf(names);
  }
}
