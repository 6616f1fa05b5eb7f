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
  /** Option names of other programs, with the options of {@code sd} that mean the same. */
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
          Map.entry("--outdir", "--out"),
          Map.entry("--output-dir", "--out"),
          Map.entry("--output-name", "--out"),
          Map.entry("--network-dim", "--rank"),
          Map.entry("--network-alpha", "--alpha"),
          Map.entry("--max-train-steps", "--steps"),
          Map.entry("--max-train-epochs", "--epochs"),
          Map.entry("--train-batch-size", "--batch"),
          Map.entry("--resolution", "--size"),
          Map.entry("--unet-lr", "--learning-rate"),
          Map.entry("--lr", "--learning-rate"),
          Map.entry("--text-encoder-lr", "--text-encoder-rate"),
          Map.entry("--optimizer-type", "--optimizer"),
          Map.entry("--optimiser", "--optimizer"),
          Map.entry("--lr-scheduler", "--scheduler"),
          Map.entry("--lr-scheduler-num-cycles", "--cycles"),
          Map.entry("--lr-warmup-steps", "--warmup"),
          Map.entry("--loss-type", "--loss"),
          Map.entry("--mixed-precision", "--precision"),
          Map.entry("--gradient-checkpointing", "--checkpointing"),
          Map.entry("--gradient-accumulation-steps", "--accumulation"),
          Map.entry("--enable-bucket", "--buckets"),
          Map.entry("--flip-aug", "--flip"),
          Map.entry("--shuffle-caption", "--shuffle-tags"),
          Map.entry("--caption-tag-dropout-rate", "--tag-dropout"),
          Map.entry("--caption-dropout-rate", "--caption-dropout"),
          Map.entry("--reg-data-dir", "--class-images"),
          Map.entry("--prior-loss-weight", "--prior-weight"),
          Map.entry("--save-every-n-steps", "--save-every"),
          Map.entry("--sample-every-n-steps", "--sample-every"),
          Map.entry("--sample-prompts", "--sample"),
          Map.entry("--debiased-estimation-loss", "--debiased"));

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

  /**
   * Returns a question for the option that an unknown one means.
   *
   * @param word the unknown option, with its dashes
   * @param known the options of the command
   */
  public static String meant(String word, Set<String> known) {
    String other = OTHER_PROGRAMS.get(word.toLowerCase(Locale.ROOT).replace('_', '-'));
    return other != null && known.contains(other)
        ? Nearest.question(List.of(other))
        : Nearest.question(word, known);
  }
}
