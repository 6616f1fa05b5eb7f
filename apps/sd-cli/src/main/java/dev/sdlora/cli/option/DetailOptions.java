package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult.GroupMatch;
import picocli.CommandLine.Spec;

/** The options of the passes that repaint details, such as faces, each with its settings. */
@Heading(
    value = "Details",
    basic = {"--detail"})
final class DetailOptions {
  /** Matches anything like a number as the strength, which is then checked. */
  private static final Pattern FORM = Pattern.compile("(.+?)(?::([-+\\d.]*))?");

  private static final String DETAIL = "--detail";

  private final SettingOptions<DetailPass, DetailPass.Builder> others =
      SettingOptions.allBut(Settings.DETAIL_PASS, "detector", "denoisingStrength");
  private final ArgGroupSpec passes = passes();

  private ArgGroupSpec passes() {
    String strength =
        Settings.DETAIL_PASS
            .defaultText(Settings.DETAIL_PASS.setting("denoisingStrength"))
            .orElseThrow();
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .exclusive(false)
            .multiplicity("0..*")
            .addArg(
                OptionSpec.builder(DETAIL)
                    .userObject(DetailOptions.class)
                    .type(String.class)
                    .arity("1")
                    .paramLabel("NAME[:STRENGTH]")
                    .description(
                        "Find things in the finished image, such as faces, and repaint each at a"
                            + " larger size, as ADetailer does; repeatable, each with the settings"
                            + " that follow it. NAME is a detector in --detector-dir, or none for"
                            + " no pass of --from. Default strength: "
                            + strength
                            + ".")
                    .build());
    others.options(DetailOptions.class).forEach(group::addArg);
    return group.build();
  }

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    command.addArgGroup(passes);
  }

  /** Applies the passes, which replace those of a recorded image. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    List<GroupMatch> given = console.matches(passes);
    if (!given.isEmpty()) {
      spec.noDetailPasses();
    }
    for (GroupMatch match : given) {
      Function<String, @Nullable Object> values = name -> value(match, name);
      if (values.apply(DETAIL) == null) {
        String first =
            Stream.of(others.names()).filter(one -> values.apply(one) != null).findFirst().get();
        throw console.badUsage(first + " needs " + DETAIL + " NAME");
      }
      set(
          DETAIL,
          Optional.of(String.valueOf(values.apply(DETAIL)))
              .filter(name -> !name.equalsIgnoreCase("none")),
          text -> spec.detailPass(pass(text, values)));
    }
  }

  private @Nullable Object value(GroupMatch match, String name) {
    return passes.options().stream()
        .filter(option -> option.longestName().equals(name))
        .flatMap(option -> match.matchedValues(option).stream())
        .findFirst()
        .orElse(null);
  }

  private DetailPass pass(String text, Function<String, @Nullable Object> values) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException("must be NAME[:STRENGTH]: '" + text + "'");
    }
    DetailPass.Builder pass = DetailPass.builder(parts.group(1));
    Optional.ofNullable(parts.group(2))
        .map(DetailOptions::strength)
        .ifPresent(pass::denoisingStrength);
    others.set(pass, values);
    return pass.build();
  }

  private static double strength(String text) {
    try {
      return Checks.inRange(0, 1, Decimals.parse(text), "the strength");
    } catch (SettingException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must have a strength such as 0.4 after the colon: '" + text + "'", e);
    }
  }
}
