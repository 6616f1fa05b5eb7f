package dev.sdlora.tensors.folder;

import dev.sdlora.api.value.EditDistance;
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
   * The names most like a wanted one, nearest first; those with little in common are left out. A
   * name is known by the path of its file, and with a weight that no colon divides from it, too.
   */
  public static List<String> to(String wanted, Collection<String> names) {
    String name = AROUND.matcher(wanted).replaceAll("");
    List<String> near = near(WEIGHT.matcher(name).replaceFirst(""), names);
    return near.isEmpty() ? near(wanted, names) : near;
  }

  private static List<String> near(String wanted, Collection<String> names) {
    String key = key(wanted);
    record Candidate(String name, int distance) {}
    return names.stream()
        .map(name -> new Candidate(name, EditDistance.between(key, key(name))))
        .filter(
            candidate ->
                candidate.distance <= Math.max(2, wanted.length() / 3)
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
