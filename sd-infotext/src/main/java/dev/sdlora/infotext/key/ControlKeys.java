package dev.sdlora.infotext.key;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.value.UnionType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The keys {@code ControlNet 0} and so on of A1111's ControlNet extension. */
final class ControlKeys {
  /** Highest number of units with known keys; further units are kept as facts. */
  private static final int UNITS = 10;

  static final List<InfotextKey> ALL =
      IntStream.range(0, UNITS).mapToObj(ControlKeys::key).toList();

  private ControlKeys() {}

  private static InfotextKey key(int unit) {
    return InfotextKey.ofImage(
        "ControlNet " + unit,
        settings -> {
          List<ControlUnit> units = settings.spec().controlUnits();
          List<ImagePrompt> prompts = settings.spec().imagePrompts();
          if (unit < units.size()) {
            return Optional.of(text(units.get(unit)));
          }
          int prompt = unit - units.size();
          return prompt < prompts.size()
              ? Optional.of(text(prompts.get(prompt)))
              : Optional.empty();
        });
  }

  /** Resize and control modes have no effect on IP-Adapters; A1111 writes them nevertheless. */
  private static String text(ImagePrompt prompt) {
    return "Module: ip-adapter-auto, Model: "
        + prompt.name()
        + ", Weight: "
        + InfotextValues.number(prompt.weight())
        + ", Resize Mode: Crop and Resize, Guidance Start: "
        + InfotextValues.number(prompt.start())
        + ", Guidance End: "
        + InfotextValues.number(prompt.end())
        + ", Pixel Perfect: False, Control Mode: Balanced"
        + (prompt.weightType() == ImagePrompt.WeightType.LINEAR
            ? ""
            : ", Weight Type: " + prompt.weightType().label())
        + (prompt.embedsScaling() == ImagePrompt.EmbedsScaling.V_ONLY
            ? ""
            : ", Embeds Scaling: " + prompt.embedsScaling().label());
  }

  /**
   * A1111 does not write the type for a ControlNet Union; the key is the label of its field, which
   * it reads.
   */
  private static String text(ControlUnit unit) {
    Preprocessor preprocessor = unit.preprocessor();
    boolean none = preprocessor.equals(Preprocessor.NONE);
    return "Module: "
        + preprocessor.label()
        + ", Model: "
        + unit.name()
        + ", Weight: "
        + InfotextValues.number(unit.weight())
        + ", Resize Mode: "
        + unit.resizeMode().label()
        + settings(preprocessor)
        + ", Guidance Start: "
        + InfotextValues.number(unit.start())
        + ", Guidance End: "
        + InfotextValues.number(unit.end())
        + ", Pixel Perfect: "
        + (none || preprocessor.resolution().isPresent() ? "False" : "True")
        + ", Control Mode: "
        + unit.mode().label()
        + unit.unionType()
            .map(type -> ", Union Control Type: " + UnionType.parse(type).label())
            .orElse("");
  }

  private static String settings(Preprocessor preprocessor) {
    StringBuilder text = new StringBuilder();
    preprocessor
        .resolution()
        .ifPresent(resolution -> text.append(", Processor Res: ").append(resolution));
    List<Double> thresholds = preprocessor.thresholds();
    for (int i = 0; i < thresholds.size(); i++) {
      text.append(i == 0 ? ", Threshold A: " : ", Threshold B: ")
          .append(InfotextValues.number(thresholds.get(i)));
    }
    return text.toString();
  }
}
