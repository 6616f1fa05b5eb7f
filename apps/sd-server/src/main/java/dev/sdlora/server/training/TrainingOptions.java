package dev.sdlora.server.training;

import static dev.sdlora.api.setting.Door.JSON;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.setting.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the settings of a trainer. Fields that are missing leave the trainer as it is. */
final class TrainingOptions {
  /** The settings that are read together, because they depend on the images of the class. */
  private static final List<Setting<Draft, Draft, ?>> OF_CLASS_IMAGES =
      List.of(
          TrainingSettings.CLASS_PROMPT,
          TrainingSettings.CLASS_COUNT,
          TrainingSettings.PRIOR_WEIGHT);

  /** What objects start from if it is not the default in the API. */
  private static final Map<Setting<Draft, Draft, ?>, Map<String, Object>> STARTS =
      Map.of(
          TrainingSettings.SCHEDULE,
          Map.of("shape", "cosine"),
          TrainingSettings.CAPTIONS,
          Map.of("dropout", Recommendation.CAPTION_DROPOUT),
          TrainingSettings.SLIDER,
          Map.of("target", "", "positive", "", "negative", ""));

  private TrainingOptions() {}

  /**
   * Reads the settings.
   *
   * @param fields the fields, as {@link TrainingFields#flat} returns them
   * @param classImages the images of {@code class_images}
   * @return a function that applies the settings; it throws an {@link IllegalArgumentException}
   *     that names the field if the trainer refuses one
   */
  static Consumer<LoraTrainerBuilder> read(Fields fields, Optional<TrainingSet> classImages) {
    if (fields.has("steps") && fields.has("epochs")) {
      throw new FieldException("epochs", "give 'steps' or 'epochs', not both");
    }
    if (fields.has("optimizer.beta1") != fields.has("optimizer.beta2")) {
      throw new FieldException(
          "optimizer.beta1", "give both 'optimizer.beta1' and 'optimizer.beta2', or neither");
    }
    List<Consumer<LoraTrainerBuilder>> setters = new ArrayList<>();
    for (Setting<Draft, Draft, ?> setting : TrainingFields.SETTINGS) {
      if (!OF_CLASS_IMAGES.contains(setting)) {
        String field = setting.name(JSON);
        plain(setting, fields)
            .ifPresent(
                value ->
                    setters.add(
                        trainer -> fields.set(field, () -> trainer.set(setting.name(), value))));
      }
    }
    prior(fields, classImages)
        .ifPresent(
            setter ->
                setters.add(trainer -> fields.set("prior_weight", () -> setter.accept(trainer))));
    return trainer -> setters.forEach(setter -> setter.accept(trainer));
  }

  private static Optional<Object> plain(Setting<Draft, Draft, ?> setting, Fields fields) {
    String name = setting.name(JSON);
    if (setting.kind().type() == Kind.Type.OBJECT) {
      return fields.flag(name, false) ? Optional.of(object(setting, fields)) : Optional.empty();
    }
    Optional<String> group = TrainingFields.groupOf(name);
    if (group.isPresent()) {
      return fields.flag(group.get(), false)
          ? SettingFields.read(setting.kind(), name, fields).or(() -> Optional.of(0.0))
          : Optional.empty();
    }
    return SettingFields.read(setting.kind(), name, fields);
  }

  private static Map<String, Object> object(Setting<Draft, Draft, ?> setting, Fields fields) {
    Map<String, Object> plain =
        SettingFields.object(
            setting.kind(),
            setting.name(JSON) + ".",
            fields,
            STARTS.getOrDefault(setting, Map.of()));
    if (plain.get("convolutionRank") instanceof Number rank) {
      plain.putIfAbsent("convolutionAlpha", rank.doubleValue());
    }
    return plain;
  }

  private static Optional<Consumer<LoraTrainerBuilder>> prior(
      Fields fields, Optional<TrainingSet> given) {
    String prompt = TrainingFields.text(fields, "class_prompt");
    double weight =
        fields.number("prior_weight").orElseGet(() -> usual(TrainingSettings.PRIOR_WEIGHT));
    if (given.isPresent()) {
      if (!prompt.isEmpty() || fields.has("class_count")) {
        throw new FieldException(
            "class_prompt", "give 'class_images', or 'class_prompt' with 'class_count', not both");
      }
      return Optional.of(trainer -> trainer.priorPreservation(given.get(), weight));
    }
    if (!prompt.isEmpty()) {
      int count = fields.whole("class_count", usual(TrainingSettings.CLASS_COUNT));
      return Optional.of(trainer -> trainer.priorPreservation(prompt, count, weight));
    }
    if (fields.has("prior_weight") || fields.has("class_count")) {
      throw new FieldException(
          "class_prompt",
          "'prior_weight' and 'class_count' require 'class_prompt' or 'class_images'");
    }
    return Optional.empty();
  }

  private static <T> T usual(Setting<Draft, Draft, T> setting) {
    return TrainingSettings.TRAINING.defaultOf(setting).orElseThrow();
  }
}
