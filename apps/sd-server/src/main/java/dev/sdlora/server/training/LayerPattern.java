package dev.sdlora.server.training;

import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The limits of regular expressions for layers, so that each matches every name in little time. */
final class LayerPattern {
  private static final int LONGEST = 200;

  /** Any more of these, or a repeated group, could take hours to match some name of a layer. */
  private static final int MOST_REPETITIONS = 3;

  private static final Pattern REPETITION = Pattern.compile("[*+?{]");
  private static final Pattern REPEATED_GROUP = Pattern.compile("\\)[*+?{]");
  private static final Pattern BACK_REFERENCE = Pattern.compile("\\\\[1-9k]");

  private LayerPattern() {}

  /** Checks the regular expression in a field. */
  static void require(Fields fields, String name) {
    String text =
        fields
            .name(name)
            .orElseThrow(() -> new FieldException(name, "field '%s' is missing".formatted(name)))
            .strip();
    String shown = text.length() > LONGEST ? text.substring(0, 60) + "…" : text;
    if (text.length() > LONGEST
        || REPETITION.matcher(text).results().count() > MOST_REPETITIONS
        || REPEATED_GROUP.matcher(text).find()
        || BACK_REFERENCE.matcher(text).find()) {
      throw new FieldException(
          name,
          "field '%s' may have %s characters and %s of * + ? {, none after a group, and no reference to a group: '%s'"
              .formatted(name, LONGEST, MOST_REPETITIONS, shown));
    }
    try {
      Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new FieldException(
          name,
          "field '%s' is not a regular expression: %s at position %s of '%s'"
              .formatted(name, e.getDescription(), e.getIndex(), shown),
          e);
    }
  }
}
