package dev.sdlora.api;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Upscaler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the settings of a request that A1111's text format cannot express. */
final class UnwrittenSettings {
  /** The number of passes that ADetailer has keys for. */
  private static final int MOST_DETAIL_PASSES = 15;

  private UnwrittenSettings() {}

  /** Returns their names, in the order of {@link PromptSpec}. */
  static List<String> of(PromptSpec spec) {
    List<String> names = new ArrayList<>();
    add(names, "prompt", isCutShort(merged(spec, true)));
    add(names, "negativePrompt", isCutShort(merged(spec, false)));
    add(
        names,
        "loras",
        !spec.loras().stream().allMatch(lora -> fitsTag(lora.name()) && lora.mask().isEmpty()));
    add(names, "masks", !spec.masks().isEmpty());
    add(names, "imageToImage", spec.imageToImage().isPresent());
    add(names, "hiresFix.upscaler", isFile(spec.hiresFix().map(HiresFix::upscaler)));
    add(names, "controlUnits", !spec.controlUnits().isEmpty());
    add(names, "imagePrompts", !spec.imagePrompts().isEmpty());
    add(names, "referenceImages", !spec.referenceImages().isEmpty());
    add(
        names,
        "detailPasses",
        !spec.detailPasses().stream().allMatch(UnwrittenSettings::fits)
            || spec.detailPasses().size() > MOST_DETAIL_PASSES);
    add(names, "upscaling", isFile(spec.upscaler()));
    return List.copyOf(names);
  }

  private static void add(List<String> names, String name, boolean unwritten) {
    if (unwritten) {
      names.add(name);
    }
  }

  /** Returns the lines of a prompt after its styles are merged. */
  private static Stream<String> merged(PromptSpec spec, boolean positive) {
    Stream<String> styles =
        spec.promptOptions().styles().stream().map(s -> positive ? s.prompt() : s.negativePrompt());
    return Stream.concat(Stream.of(positive ? spec.prompt() : spec.negativePrompt()), styles)
        .flatMap(String::lines);
  }

  /** Whether a line looks like the heading of the negative prompt and would be parsed as such. */
  private static boolean isCutShort(Stream<String> lines) {
    return lines.anyMatch(line -> line.strip().startsWith("Negative prompt:"));
  }

  private static boolean fitsTag(String name) {
    return !name.isBlank() && name.chars().noneMatch(c -> ":>=\n".indexOf(c) >= 0);
  }

  /** Whether the labels of a pass can be written as a list with commas. */
  private static boolean fits(DetailPass pass) {
    return pass.labels().stream()
        .allMatch(label -> !label.contains(",") && label.equals(label.strip()) && !label.isEmpty());
  }

  /**
   * Whether an upscaler is a network file. Only its name is written, so the pipeline must have it
   * in its folders.
   */
  private static boolean isFile(Optional<Upscaler> upscaler) {
    return upscaler.flatMap(Upscaler::file).isPresent();
  }
}
