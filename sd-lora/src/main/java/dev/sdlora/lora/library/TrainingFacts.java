package dev.sdlora.lora.library;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.lora.LoraDetails.Training;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.tensors.io.SettingsJson;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the training settings of a LoRA from its metadata, whose values are all text. */
final class TrainingFacts {
  /**
   * Sizes such as "(512, 768)", "512,768", "[512, 768]" or "512x768", or one number for both sides.
   */
  private static final Pattern SIZE =
      Pattern.compile(
          "[(\\[]?\\s*(\\d{1,5})(?:\\.0)?\\s*(?:[,xX×]\\s*(\\d{1,5}))?(?:\\.0)?\\s*[)\\]]?");

  private TrainingFacts() {}

  /**
   * Reads the training settings of a file.
   *
   * @param baseModel the base model from other sources, used if the file does not state it
   */
  static Training of(Map<String, String> metadata, Optional<String> baseModel) {
    return new Training(
        text(metadata, "modelspec.title"),
        text(metadata, "ss_sd_model_name").or(() -> baseModel),
        resolution(metadata),
        clipSkip(metadata));
  }

  /**
   * The value of a key; Python's None, which kohya's trainer writes for unset values, counts as
   * missing.
   */
  static Optional<String> text(Map<String, String> metadata, String key) {
    return Optional.ofNullable(metadata.get(key))
        .map(String::strip)
        .filter(value -> !value.isEmpty() && !value.equals("None"));
  }

  /**
   * The prediction type of the U-Net; SDXL trainers state it in {@code modelspec} or as an option.
   */
  static Optional<PredictionType> predictionType(Map<String, String> metadata) {
    boolean option =
        text(metadata, "ss_v_parameterization").filter("true"::equalsIgnoreCase).isPresent();
    if (option || AdapterMetadata.predictsVelocity(metadata)) {
      return Optional.of(PredictionType.V_PREDICTION);
    }
    return text(metadata, "ss_base_model_version")
        .or(() -> text(metadata, "modelspec.prediction_type"))
        .map(noise -> PredictionType.EPSILON);
  }

  private static Optional<PixelSize> resolution(Map<String, String> metadata) {
    return text(metadata, "ss_resolution")
        .flatMap(TrainingFacts::size)
        .or(() -> text(metadata, "ss_datasets").flatMap(TrainingFacts::sizeOfFirst))
        .or(() -> text(metadata, "modelspec.resolution").flatMap(TrainingFacts::size));
  }

  private static Optional<PixelSize> size(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      return Optional.empty();
    }
    int width = Integer.parseInt(size.group(1));
    int height = size.group(2) == null ? width : Integer.parseInt(size.group(2));
    return width == 0 || height == 0 ? Optional.empty() : Optional.of(new PixelSize(width, height));
  }

  /** The size of the first of several training sets; each may have its own. */
  private static Optional<PixelSize> sizeOfFirst(String datasets) {
    try {
      return size(SettingsJson.parse(datasets).path(0).path("resolution").toString());
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static OptionalInt clipSkip(Map<String, String> metadata) {
    return text(metadata, "ss_clip_skip")
        .filter(value -> value.matches("\\d{1,2}"))
        .map(value -> OptionalInt.of(Integer.parseInt(value)))
        .orElse(OptionalInt.empty());
  }
}
