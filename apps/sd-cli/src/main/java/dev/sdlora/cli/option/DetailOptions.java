package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of the passes that repaint details, such as faces. */
final class DetailOptions {
  /** Matches anything like a number as the strength, which is then checked. */
  private static final Pattern FORM = Pattern.compile("(.+?)(?::([-+\\d.]*))?");

  private static final String DETAIL = "--detail NAME";

  @ArgGroup(exclusive = false, multiplicity = "0..*")
  private List<Pass> passes = new ArrayList<>();

  /** The options of one pass; null because picocli cannot set an Optional in a group. */
  @Heading(
      value = "Details",
      basic = {"--detail"})
  static final class Pass {
    @Option(
        names = "--detail",
        paramLabel = "NAME[:STRENGTH]",
        description =
            "Find things in the finished image, such as faces, and repaint each at a larger size,"
                + " as ADetailer does; repeatable, each with the settings that follow it. NAME is a"
                + " detector in --detector-dir, or none for no pass of --from. Default strength:"
                + " 0.4.")
    private @Nullable String detail;

    @Option(
        names = "--detail-prompt",
        paramLabel = "TEXT",
        description =
            "Prompt of the pass, including LoRAs; [SEP] separates those of several finds, [PROMPT]"
                + " stands for the prompt of the image. Default: that of the image.")
    private @Nullable String prompt;

    @Option(
        names = "--detail-confidence",
        paramLabel = "0..1",
        description = "Least confidence of a find. Default: 0.3.")
    private @Nullable Double confidence;

    @Option(
        names = "--detail-size",
        paramLabel = "WxH",
        description = "Size at which finds are painted. Default: that of the image.")
    private @Nullable ImageSize size;

    /** Returns the first given option of a pass without a detector. */
    private String given() {
      if (prompt != null) {
        return "--detail-prompt";
      }
      return confidence != null ? "--detail-confidence" : "--detail-size";
    }

    private DetailPass pass(String text) {
      Matcher parts = FORM.matcher(text.strip());
      if (!parts.matches()) {
        throw new IllegalArgumentException("must be NAME[:STRENGTH]: '" + text + "'");
      }
      DetailPass.Builder pass = DetailPass.builder(parts.group(1));
      Optional.ofNullable(parts.group(2))
          .map(DetailOptions::strength)
          .ifPresent(pass::denoisingStrength);
      set("--detail-prompt", Optional.ofNullable(prompt), pass::prompt);
      set("--detail-confidence", Optional.ofNullable(confidence), pass::confidence);
      set("--detail-size", Optional.ofNullable(size), pass::size);
      return pass.build();
    }
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

  /** Applies the passes, which replace those of a recorded image. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    if (passes.isEmpty()) {
      return;
    }
    spec.noDetailPasses();
    for (Pass pass : passes) {
      if (pass.detail == null) {
        throw console.badUsage(pass.given() + " needs " + DETAIL);
      }
      set(
          "--detail",
          Optional.of(pass.detail).filter(name -> !name.equalsIgnoreCase("none")),
          text -> spec.detailPass(pass.pass(text)));
    }
  }
}
