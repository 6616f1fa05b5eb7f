package dev.sdlora.api.value;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names that somebody may have meant. */
public final class Nearest {
  private static final int MOST = 3;

  /** What people write around the name of a file: folders, the ending, quotation marks. */
  private static final Pattern AROUND =
      Pattern.compile(
          "(?i)^.*[/\\\\]|\\.(?:safetensors|ckpt|pth?|bin|png|webp)(?=\\W|$)|^[\"'`\\s]+|[\"'`\\s]+$");

  /** A weight that a wrong sign divides from the name. */
  private static final Pattern WEIGHT =
      Pattern.compile("\\s*+[;,=|@:：\\s]\\s*+[+-]?[.\\d]++\\s*+$");

  private Nearest() {}

  /**
   * The names most like a wanted one, nearest first: those that a third of its letters turns into
   * it, and those that contain it. The path of a file, and a weight after another sign than a
   * colon, do not count.
   */
  public static List<String> to(String wanted, Collection<String> names) {
    String name = AROUND.matcher(wanted).replaceAll("");
    List<String> near = near(WEIGHT.matcher(name).replaceFirst(""), names);
    return near.isEmpty() ? near(wanted, names) : near;
  }

  /**
   * The end of a sentence about an unknown name: {@code "; did you mean 'ink'?"}, or nothing if no
   * name is near.
   */
  public static String question(String wanted, Collection<String> names) {
    return question(to(wanted, names));
  }

  /** The same for names that were found before. */
  public static String question(List<String> near) {
    return near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?";
  }

  private static List<String> near(String wanted, Collection<String> names) {
    String key = key(wanted);
    record Candidate(String name, int distance) {}
    return names.stream()
        .map(name -> new Candidate(name, EditDistance.between(key, key(name))))
        .filter(
            candidate ->
                candidate.distance <= Math.max(1, (key.length() + 1) / 3)
                    || (key.length() >= 3 && key(candidate.name).contains(key)))
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(MOST)
        .map(Candidate::name)
        .toList();
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_.-]", "");
  }
}
