package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options for parsing prompts, named as in {@link PromptOptions}. */
@Heading(
    value = "Prompt parsing",
    basic = {})
final class ReadingOptions {
  @Option(
      names = "--emphasis",
      paramLabel = "NAME",
      description = "Emphasis mode: Original, No norm, Ignore or None. Default: Original.")
  private Optional<Emphasis> emphasis = Optional.empty();

  @Option(names = "--strict", description = "Reject malformed prompts.")
  private boolean strict;

  @Option(
      names = "--exact-a1111",
      description = "Treat LoRA tags in the negative prompt as text, as A1111 does.")
  private boolean exactA1111;

  @Option(
      names = "--trigger-words",
      description =
          "Add the trigger words, preferred weight and negative text of LoRAs to the prompts if"
              + " missing, as A1111's cards do.")
  private boolean triggerWords;

  @Option(
      names = "--dynamic",
      description =
          "Expand dynamic prompts for each image: {red|blue}, {2$$$$a|b|c}, {3::a|b},"
              + " __wildcard__.")
  private boolean dynamic;

  @Option(
      names = "--wildcard-dir",
      paramLabel = "DIR",
      description =
          "Folder with text files for __wildcards__, one value per line; repeatable. Implies"
              + " --dynamic.")
  private List<Path> wildcardDirectories = new ArrayList<>();

  @Option(
      names = "--comma-backtracking",
      paramLabel = "0..74",
      description = "Tokens to look back for a comma at the end of a chunk. Default: 20.")
  private Optional<Integer> commaBacktracking = Optional.empty();

  @Option(
      names = "--pad-conds",
      description = "Pad the shorter of prompt and negative prompt, so that both run in one batch.")
  private boolean padConds;

  @Option(
      names = "--old-editing",
      description = "Interpret numbers in [from:to:when] as A1111 did before 1.6.")
  private boolean oldEditing;

  @Option(
      names = "--styles",
      paramLabel = "FILE",
      defaultValue = "styles.csv",
      description = "A1111 styles file for --style. Default: ${DEFAULT-VALUE}.")
  private Path styles = Path.of("styles.csv");

  @Option(
      names = "--style",
      paramLabel = "NAME",
      description = "Style to merge into the prompts; repeatable.")
  private List<String> styleNames = new ArrayList<>();

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec) {
    PromptOptions options = spec.promptOptions();
    options = strict ? options.withMode(PromptMode.STRICT) : options;
    options = exactA1111 ? options.withNegativeLoras(false) : options;
    options = padConds ? options.withPadConds(true) : options;
    options = oldEditing ? options.withOldEditingTimelines(true) : options;
    options = styleNames.isEmpty() ? options : options.withStyles(chosenStyles());
    options = emphasis.map(options::withEmphasis).orElse(options);
    if (dynamic || !wildcardDirectories.isEmpty()) {
      wildcardDirectories.forEach(ReadingOptions::requireFolder);
      options = options.withDynamicPrompts(new DynamicPrompts(wildcardDirectories));
    }
    spec.promptOptions(options);
    if (triggerWords) {
      spec.addTriggerWords(true);
    }
    PromptOptions others = options;
    set(
        "--comma-backtracking",
        commaBacktracking,
        tokens -> spec.promptOptions(others.withCommaBacktracking(tokens)));
  }

  /** Checks the folder even if no prompt names a wildcard. */
  private static void requireFolder(Path wildcards) {
    if (!Files.isDirectory(wildcards)) {
      throw new StableDiffusionException(
          "wildcard directory '%s' %s"
              .formatted(
                  wildcards,
                  Files.exists(wildcards) ? "is a file, expected a folder" : "does not exist"));
    }
  }

  private List<Style> chosenStyles() {
    List<Style> known = Style.readAll(styles);
    return styleNames.stream().map(name -> chosen(known, name)).toList();
  }

  private Style chosen(List<Style> known, String name) {
    List<String> names = known.stream().map(Style::name).toList();
    List<String> near = Nearest.to(name, names);
    return known.stream()
        .filter(style -> style.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--style: unknown style '%s' in %s%s"
                        .formatted(
                            name,
                            styles,
                            near.isEmpty()
                                ? ", which has " + String.join(", ", names)
                                : Nearest.question(near))));
  }
}
