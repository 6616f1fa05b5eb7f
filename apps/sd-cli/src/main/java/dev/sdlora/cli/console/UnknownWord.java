package dev.sdlora.cli.console;

import dev.sdlora.api.value.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports an unknown option, command or argument, with suggestions. */
public final class UnknownWord {
  /** Option names of other programs, with their {@code sd generate} counterparts. */
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
          Map.entry("--negative-prompt", "--negative"),
          Map.entry("--n-iter", "--images"),
          Map.entry("--count", "--images"),
          Map.entry("--scheduler", "--schedule"),
          Map.entry("--outdir", "--out"));

  private UnknownWord() {}

  public static String sentence(UnmatchedArgumentException e) {
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

  private static String meant(String word, Set<String> known) {
    String other = OTHER_PROGRAMS.get(word.toLowerCase(Locale.ROOT).replace('_', '-'));
    return other != null && known.contains(other)
        ? Nearest.question(List.of(other))
        : Nearest.question(word, known);
  }
}
