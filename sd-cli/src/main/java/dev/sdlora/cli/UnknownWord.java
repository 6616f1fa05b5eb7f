package dev.sdlora.cli;

import dev.sdlora.api.value.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says which option, command or argument is unknown, and which may have been meant. */
final class UnknownWord {
  /** Names that other programs have for options of {@code sd generate}. */
  private static final Map<String, String> OTHER_PROGRAMS =
      Map.ofEntries(
          Map.entry("--width", "--size"),
          Map.entry("--height", "--size"),
          Map.entry("--model", "--checkpoint"),
          Map.entry("--ckpt", "--checkpoint"),
          Map.entry("--scale", "--cfg"),
          Map.entry("--cfg-scale", "--cfg"),
          Map.entry("--guidance-scale", "--cfg"),
          Map.entry("--denoising-strength", "--strength"),
          Map.entry("--n-iter", "--images"),
          Map.entry("--count", "--images"),
          Map.entry("--scheduler", "--schedule"),
          Map.entry("--outdir", "--out"));

  private UnknownWord() {}

  static String sentence(UnmatchedArgumentException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String word = e.getUnmatched().get(0);
    if (e.isUnknownOption()) {
      String name = word.split("=", 2)[0];
      return "unknown option '%s'%s".formatted(name, meant(name, command.optionsMap().keySet()));
    }
    if (!command.subcommands().isEmpty()) {
      return "unknown command '%s'%s".formatted(word, meant(word, command.subcommands().keySet()));
    }
    return "unexpected argument '%s'".formatted(word);
  }

  private static String meant(String word, Collection<String> known) {
    return find(word.toLowerCase(Locale.ROOT).replace('_', '-'), known)
        .map("; did you mean '%s'?"::formatted)
        .orElse("");
  }

  private static Optional<String> find(String word, Collection<String> known) {
    Optional<String> other = Optional.ofNullable(OTHER_PROGRAMS.get(word)).filter(known::contains);
    return other.or(
        () ->
            known.stream()
                .filter(name -> isNear(word, name))
                .min(
                    Comparator.<String>comparingInt(name -> EditDistance.between(word, name))
                        .thenComparing(Comparator.naturalOrder())));
  }

  /** A few letters apart, or the beginning of the other. */
  private static boolean isNear(String word, String name) {
    int letters = word.replace("-", "").length();
    boolean begins = letters > 2 && name.length() > 4;
    return EditDistance.between(word, name) <= Math.max(1, letters / 3)
        || (begins && (name.startsWith(word) || word.startsWith(name)));
  }
}
