package dev.sdlora.api.value;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Finds names similar to an unknown one. */
public final class Nearest {
  private static final int MOST = 3;

  /** The parts of a path around a name: folders, the extension, quotation marks. */
  private static final Pattern AROUND =
      Pattern.compile(
          "(?i)^.*[/\\\\]|\\.(?:safetensors|ckpt|pth?|bin|png|webp)(?=\\W|$)|^[\"'`\\s]+|[\"'`\\s]+$");

  /** A weight separated from the name by a character other than a colon. */
  private static final Pattern WEIGHT =
      Pattern.compile("\\s*+[;,=|@:：\\s]\\s*+[+-]?[.\\d]++\\s*+$");

  private Nearest() {}

  /**
   * Returns the names most similar to an unknown one, the most similar first: names that differ in
   * at most a third of its letters or start with it, or otherwise names that contain it or that it
   * starts with. Case, spaces, hyphens, dots and underscores are ignored, as are the path of a file
   * and a weight after a character other than a colon.
   *
   * @return at most three names
   */
  public static List<String> to(String wanted, Collection<String> names) {
    String name = AROUND.matcher(wanted).replaceAll("");
    List<String> near = near(WEIGHT.matcher(name).replaceFirst(""), names);
    return near.isEmpty() ? near(wanted, names) : near;
  }

  /**
   * Returns the end of an error message about an unknown name: {@code "; did you mean 'ink'?"}, or
   * an empty string if no name is similar.
   */
  public static String question(String wanted, Collection<String> names) {
    return question(to(wanted, names));
  }

  /** Returns the same for names that are known to be similar. */
  public static String question(List<String> near) {
    return near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?";
  }

  private static List<String> near(String wanted, Collection<String> names) {
    record Candidate(String name, String key, int distance) {}
    String key = key(wanted);
    int edits = Math.min(Math.max(1, (key.length() + 1) / 3), key.length() - 1);
    boolean isPart = key.length() >= 3;
    List<Candidate> candidates =
        names.stream()
            .map(name -> new Candidate(name, key(name), EditDistance.between(key, key(name))))
            .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
            .toList();
    Predicate<Candidate> misspelt =
        one -> one.distance <= edits || (isPart && one.key.startsWith(key));
    Predicate<Candidate> longerOrShorter =
        one ->
            isPart && (one.key.contains(key) || (one.key.length() >= 3 && key.startsWith(one.key)));
    return candidates.stream()
        .filter(candidates.stream().anyMatch(misspelt) ? misspelt : longerOrShorter)
        .limit(MOST)
        .map(Candidate::name)
        .toList();
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_.-]", "");
  }
}
