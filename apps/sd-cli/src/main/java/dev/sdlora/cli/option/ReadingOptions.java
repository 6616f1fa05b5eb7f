package dev.sdlora.cli.option;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for parsing prompts, named as in {@link PromptOptions}. */
@Heading(
    value = "Prompt parsing",
    basic = {})
final class ReadingOptions {
  @Option(names = "--strict", description = "Reject malformed prompts.")
  private boolean strict;

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

  private final SettingOptions<PromptOptions, ?> others =
      SettingOptions.of(
          Settings.PROMPT,
          "emphasis",
          "negativeLoras",
          "commaBacktracking",
          "padConds",
          "oldEditingTimelines");
  private final SettingOptions<PromptSpec, PromptSpec.Builder> triggerWords =
      SettingOptions.of(Settings.SPEC, "addTriggerWords");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    others.addTo(command, ReadingOptions.class);
    triggerWords.addTo(command, ReadingOptions.class);
  }

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    PromptOptions options = others.apply(spec.promptOptions(), console);
    options = strict ? options.withMode(PromptMode.STRICT) : options;
    options = styleNames.isEmpty() ? options : options.withStyles(chosenStyles());
    if (dynamic || !wildcardDirectories.isEmpty()) {
      wildcardDirectories.forEach(ReadingOptions::requireFolder);
      options = options.withDynamicPrompts(new DynamicPrompts(wildcardDirectories));
    }
    spec.promptOptions(options);
    triggerWords.set(spec);
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
